// What came of looking for the laptop at its addresses, in words for the person. No DOM in here.
import { t } from "./text.js";

/** triesWords says for each of Address.tries what came of it: {host, state, said}; state is "passed" or "idle". */
export function triesWords(tries) {
  return tries.map(({ url, outcome, ms }) => ({
    host: new URL(url).hostname, state: outcome === "answered" ? "passed" : "idle", said: said(url, outcome, ms),
  }));
}

function said(url, outcome, ms) {
  switch (outcome) {
    case "answered": return t("{ms} ms", { ms });
    case "stranger": return t("something else answers");
    case "mute": return t("no answer");
  }
  return /\.local(:\d+)?$/.test(url) ? t("name not found") : t("cannot be reached");
}

/**
 * lostAdvice says what to do about a laptop that answers nowhere, by what this phone knows of itself: tries,
 * whether it is online, and its network, which is "cellular" for mobile data. "" where nothing is known beyond
 * that.
 */
export function lostAdvice({ tries, online, network }) {
  if (!online) return t("This phone has no network. Turn on its Wi-Fi and connect to the one the laptop is on.");
  if (network === "cellular") return t("This phone is using mobile data. Turn on its Wi-Fi and connect to the one the laptop is on.");
  if (tries.length < 2) return "";
  return t("It answers at none of its {count} addresses. Is this phone on the same Wi-Fi as before? If so, wake the laptop up, or scan the code there again.", { count: tries.length });
}
