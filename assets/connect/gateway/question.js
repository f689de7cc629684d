// One question to whoever answers at one address of the laptop, and what came of it. No DOM in here.
import { Challenge } from "./proof.js";
import { GatewayError, isPage, refusalIn, unreachable } from "./refusal.js";

// What the gateway itself may say in place of a proof; from anybody else it does no harm.
const TOLD = ["host_not_allowed", "peer_not_allowed", "devices_unreadable"];

/**
 * meet finds out who answers at an address: the laptop that gave the key, or, without a key, any
 * Modelbeam. One that once answered directly always does. It resolves to {name, way}, within patience
 * milliseconds. host is the address as the laptop knows it, before what before way was.
 */
export async function meet({ fetch, base, host, patience }, { key, way: before }) {
  const challenge = key ? new Challenge(key, host) : null;
  const { name, proof } = await ask(fetch, `${base}${challenge ? challenge.path : "/healthz"}`, patience, challenge);
  const way = challenge?.wayOf(proof) ?? "";
  if (challenge && (!way || (before === "direct" && way !== before))) throw otherLaptop();
  return { name: String(name ?? ""), way };
}

/** outcomeOf names what meet came to, as tunnel/README.md has it for /report; err is null where it went well. */
export function outcomeOf(err) {
  if (!err) return "answered";
  if (err.code !== "unreachable") return "stranger";
  return err.late ? "mute" : "broken";
}

async function ask(fetch, url, patience, asksForProof) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  try {
    const response = await fetch(url, { cache: "no-store", redirect: "manual", signal: late.signal });
    if (isPage(response)) throw new GatewayError({ code: "sign_in" });
    if (!response.ok) throw stranger(await refusalIn(response), asksForProof);
    const text = await response.text();
    return parsed(text) ?? {};
  } catch (err) {
    throw err instanceof GatewayError ? err : Object.assign(unreachable(), { late: late.signal.aborted });
  } finally {
    clearTimeout(timer);
  }
}

// stranger is what a refusal says about who answered.
function stranger(refusal, asksForProof) {
  if (refusal.status === 429) return unreachable(); // too many have asked; it answers again in a while
  return asksForProof && !TOLD.includes(refusal.code) ? otherLaptop() : refusal;
}

function otherLaptop() {
  return new GatewayError({ code: "other_laptop" });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
