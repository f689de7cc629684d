// What went wrong, in words for the person: one sentence and the next step, by the gateway's
// error codes. A code that is not here keeps the gateway's own sentence.
import { t } from "./text.js";

// kind is what the page does about it: "pair" asks for a code, "away" tries again by itself, "pass"
// asks a guest for a new one, "chat" is about one answer only. picture is the status screen's; again is
// for a "pair" that can also end without a code: the page goes on trying.
const PROBLEMS = new Map(Object.entries({
  code_wrong: { kind: "pair", title: t("That code is not right"), advice: t("Check it against the code in Modelbeam on the laptop, or scan that code.") },
  code_used: { kind: "pair", picture: "wait", title: t("This code was already used"), advice: t("Each code works once. Scan the one on the laptop now, or type it here.") },
  code_expired: { kind: "pair", picture: "wait", title: t("This code has expired"), advice: t("Each code is good for a few minutes. Scan the one on the laptop now, or type it here.") },
  icon_used: { kind: "pair", picture: "wait", title: t("Connect this icon again"), advice: t("Its link to the laptop has been used before, and works only once. Type the code that Modelbeam shows on the laptop.") },
  icon_expired: { kind: "pair", picture: "wait", title: t("Connect this icon by hand"), advice: t("Its link to the laptop is no longer good. Type the code that Modelbeam shows on the laptop.") },
  too_many_tries: { kind: "pair", picture: "wait", title: t("Too many tries"), advice: t("Wait a moment, then scan the code in Modelbeam on the laptop, or type it here.") },
  removed: { kind: "pair", title: t("This phone was removed"), advice: t("To connect again, scan the code in Modelbeam on the laptop, or type it here.") },
  other_laptop: { kind: "pair", again: true, title: t("This is a different laptop"), advice: t("Go back to your laptop’s Wi-Fi, or scan the code in Modelbeam again.") },
  sign_in: { kind: "away", picture: "wait", title: t("Sign in to the Wi-Fi first"), advice: t("This network shows its own page instead of the laptop.") },
  pass_ended: { kind: "pass", picture: "wait", title: t("Your guest pass is over"), advice: t("To continue, scan a new code on the laptop, or type it here.") },
  pass_used_up: { kind: "pass", picture: "wait", title: t("Your guest pass is used up"), advice: t("To continue, scan a new code on the laptop, or type it here.") },
  paused: { kind: "away", picture: "pause", title: t("Paused on the laptop"), advice: t("Press Resume in Modelbeam there.") },
  device_paused: { kind: "away", picture: "pause", title: t("This phone is paused"), advice: t("Press Resume next to its name in Modelbeam on the laptop.") },
  stopped: { kind: "away", title: t("Modelbeam was closed"), advice: t("Open it again on the laptop.") },
  unreachable: { kind: "away", title: t("The laptop does not answer"), advice: t("Wake it up, check that this phone is on the same Wi-Fi, or scan the code there again.") },
  peer_not_allowed: { kind: "away", title: t("This phone is on another network"), advice: t("Connect it to the same Wi-Fi as the laptop.") },
  host_not_allowed: { kind: "away", title: t("This address no longer works"), advice: t("Scan the code in Modelbeam on the laptop again.") },
  internal_error: { kind: "away", title: t("Something went wrong"), advice: t("Try again. If that does not help, restart Modelbeam on the laptop.") },
  devices_unreadable: { kind: "away", title: t("The laptop cannot read its list of phones"), advice: t("Check Modelbeam there. This phone stays paired.") },
  no_server: { kind: "away", picture: "model", title: t("No model is running yet"), advice: t("Start Ollama or LM Studio on the laptop, and load a model there.") },
  model_loading: { kind: "away", picture: "model", title: t("The model is loading"), advice: t("It answers as soon as it is ready, which may take a few minutes.") },
  server_unreachable: { kind: "chat", title: t("The AI app is not running"), advice: t("Start it on the laptop, then try again.") },
  server_wants_key: { kind: "chat", title: t("The AI app needs a key"), advice: t("Sign in to it on the laptop, or enter its key in Modelbeam there, then try again.") },
  server_redirects: { kind: "chat", title: t("The AI app has moved"), advice: t("Enter its new address in Modelbeam on the laptop, then try again.") },
  server_broke_off: { kind: "chat", title: t("The answer broke off"), advice: t("Check that the AI app is still running on the laptop, then try again.") },
  stream_not_found: { kind: "chat", title: t("The answer broke off"), advice: t("This phone was away for too long. Ask again.") },
  model_not_found: { kind: "chat", title: t("This model is no longer there"), advice: t("Choose another model below, then try again.") },
  server_error: { kind: "chat", title: t("The AI app reported an error"), advice: t("Check the AI app on the laptop, then try again.") },
  server_removed: { kind: "chat", title: t("This AI app is no longer shared"), advice: t("Choose another model below, then try again.") },
  dialect_not_supported: { kind: "chat", title: t("This model cannot be used here"), advice: t("Choose another model below, then try again.") },
  path_not_supported: { kind: "chat", title: t("This model cannot be used here"), advice: t("Choose another model below, or update the AI app on the laptop.") },
  stream_exists: { kind: "chat", title: t("This answer is already on its way"), advice: t("Wait until it is complete, then ask again.") },
  answer_too_long: { kind: "chat", title: t("The answer grew too long"), advice: t("The laptop could not keep all of it while this phone was away. Ask again.") },
  model_not_allowed: { kind: "chat", title: t("Your guest pass is for other models"), advice: t("Choose another model below, then try again.") },
  pass_changed: { kind: "chat", title: t("What this phone may use has changed"), advice: t("Try again, or choose another model below.") },
  pass_too_small: { kind: "chat", title: t("Your guest pass has too few requests left"), advice: t("Ask for less at once, or scan a new code on the laptop.") },
  body_too_large: { kind: "chat", title: t("This is too long to send"), advice: t("Start a new chat, or send less.") },
  no_room: { kind: "chat", title: t("The laptop is busy"), advice: t("Too many large messages are on their way at once. Wait a moment, then try again.") },
  no_space: { kind: "chat", title: t("The laptop is out of space"), advice: t("Free up some disk space there, or send a smaller picture.") },
}));

PROBLEMS.set("invalid_api_key", PROBLEMS.get("removed")); // to the person it is the same

/** problemOf finds the words for an error: {code, kind, picture, again, title, advice, wait}. */
export function problemOf(error) {
  const unknown = { kind: "away", title: t("Something went wrong"), advice: error.message || t("Try again.") };
  const known = PROBLEMS.get(error.code) ?? unknown;
  return { picture: known.kind, ...known, code: error.code, wait: error.wait };
}
