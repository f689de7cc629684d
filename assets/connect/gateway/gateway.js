// The laptop's answers. Every refusal becomes a GatewayError with a code that words/problems.js knows.
import { Address } from "./address.js";
import { carry } from "./carry.js";
import { GatewayError, isPage, refusal, refusalIn, unreachable } from "./refusal.js";
import { events, textOf } from "./stream.js";

const PATIENCE = 8000; // milliseconds for what the gateway answers by itself
const PAIRING = 30000; // and for a key: giving up early would spend the code for nothing

/** address is where all calls go. */
export const address = new Address();

/**
 * breaks sends "broken", an event with the error, when an answer under way waits for the laptop to be
 * reachable again, and "mended" when it goes on.
 */
export const breaks = new EventTarget();

// What may put somebody else in the laptop's place, or this phone on another network.
for (const name of ["online", "offline", "pagehide", "pageshow"]) addEventListener(name, () => address.doubt());
document.addEventListener("visibilitychange", () => address.doubt());
const { connection } = globalThis.navigator ?? {}; // Chrome on Android
connection?.addEventListener?.("change", () => address.doubt());
// The page's policy has the addresses that the laptop had when the page was loaded. One that it got later
// says nothing about this phone's way there.
document.addEventListener("securitypolicyviolation", ({ blockedURI }) => {
  if (/^http:/.test(blockedURI)) address.forbid(new URL(blockedURI).origin);
});

/**
 * pair trades a one-time code for a key: {key, device, name, urls, models, guest}. A phone that
 * has a key shows it, and stays the device that it is.
 */
export function pair(code, name, key) {
  const headers = { ...json(), ...(key && bearer(key)) };
  return askJSON("/pair", { method: "POST", headers, body: JSON.stringify({ code, device: { name } }) }, PAIRING);
}

/**
 * handover makes a code for the icon that this phone is about to get on its home screen: {code, until}. It stands for
 * the key, once.
 */
export function handover(key) {
  return askJSON("/handover", { method: "POST", headers: bearer(key) });
}

/** redeem trades such a code for the key: {key, device, name, urls}. */
export function redeem(code) {
  return askJSON("/handover/redeem", { method: "POST", headers: json(), body: JSON.stringify({ code }) }, PAIRING);
}

/** device tells what the key is: {device, guest, local, urls}; guest only for one with a pass. */
export function device(key) {
  return askJSON("/device", { headers: bearer(key) });
}

/** readiness tells how far a model is: "ready", "loading", "unloaded", or "" where nobody knows. */
export async function readiness(key, model) {
  const { state } = await askJSON(`/readiness?model=${encodeURIComponent(model)}`, { headers: bearer(key) });
  return String(state ?? "");
}

/** report tells the laptop what this phone found. */
export function report(key, finding) {
  return ask("/report", { method: "POST", headers: { ...json(), ...bearer(key) }, body: JSON.stringify(finding), signal: new AbortController().signal });
}

/**
 * models lists all models that the key may use: {id, capabilities, cloud}; no capabilities: unknown.
 * cloud is who answers for a model that does not run on the laptop.
 */
export async function models(key) {
  const list = await askJSON("/v1/models", { headers: bearer(key) });
  const models = list.data ?? [];
  if (models.length === 0 && list.loading) throw new GatewayError({ code: "model_loading" });
  return models.map(({ id, capabilities, remote_host: cloud }) => ({
    id, ...(Array.isArray(capabilities) && { capabilities }), ...(typeof cloud === "string" && { cloud }),
  }));
}

/**
 * apps lists how each app takes the connection over: {id, name, platforms, ways, note}; with
 * lasting it does so by the laptop's lasting address.
 */
export async function apps(key, lasting = false) {
  const list = await askJSON(lasting ? "/apps?base=local" : "/apps", { headers: bearer(key) });
  return list.apps ?? [];
}

/** newStream makes the name of an answer, by which it can be picked up again. */
export function newStream() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * chat streams an answer as pieces {content, thinking, finish}. It has no time limit, because a large
 * model may load for minutes. Breaks of the connection are bridged. signal is Stop: the laptop ends the
 * answer. A page that merely goes away may pick it up again with resume.
 */
export async function* chat(key, model, messages, { signal, stream = newStream() }) {
  const body = JSON.stringify({ model, messages, stream: true });
  const headers = { ...json(), ...bearer(key), "Modelbeam-Stream": stream };
  const start = (end) => {
    address.doubt(); // all that was said goes out with the key, so each question has a proof of its own
    return ask("/v1/chat/completions", { method: "POST", headers, body, signal: end });
  };
  yield* answer({ start, size: body.length }, key, stream, signal);
}

/** resume is chat for an answer that was begun before the page was loaded, from its first byte. */
export async function* resume(key, stream, signal) {
  yield* answer({}, key, stream, signal);
}

async function* answer(call, key, stream, signal) {
  const headers = bearer(key);
  const path = `/streams/${stream}`;
  const rest = async (from, end) => {
    address.doubt(); // it may have moved
    return ask(`${path}?from=${from}`, { headers, cache: "no-store", signal: end });
  };
  const there = async () => {
    const before = address.url(path);
    await address.glance();
    return address.url(path) === before;
  };
  const broken = (err) => breaks.dispatchEvent(Object.assign(new Event("broken"), { error: err }));
  const mended = () => breaks.dispatchEvent(new Event("mended"));
  const stop = async () => {
    await address.sure();
    await fetch(address.url(path), { method: "DELETE", headers, keepalive: true });
  };
  const stopped = () => { stop().catch(() => {}); }; // else it ends by itself, later
  signal.addEventListener("abort", stopped);
  try {
    yield* pieces({ ...call, rest, there, wakes, broken, mended, heard: () => address.heard() }, signal);
  } catch (err) {
    throw await believed(err);
  } finally {
    signal.removeEventListener("abort", stopped);
  }
}

async function* pieces(call, signal) {
  const { response, bytes } = await carry(call, signal);
  if (!response.headers.get("Content-Type")?.includes("text/event-stream")) {
    yield piece(parse(await textOf(bytes))); // a server that cannot stream
    return;
  }
  let finished = false;
  for await (const data of events(bytes)) {
    if (data === "[DONE]") return;
    const next = piece(parse(data));
    finished ||= Boolean(next.finish);
    yield next;
  }
  if (!finished) throw new GatewayError({ code: "server_broke_off" });
}

function piece(chunk) {
  if (chunk.error) throw refusal(chunk.error);
  const choice = chunk.choices?.[0] ?? {}; // the last chunk may hold nothing but the usage
  const part = choice.delta ?? choice.message ?? {};
  return {
    content: part.content ?? "",
    thinking: part.reasoning_content ?? part.reasoning ?? "", // llama.cpp and LM Studio, Ollama
    finish: choice.finish_reason ?? "",
  };
}

// wakes calls listener when a phone is picked up again, and when it joins a network.
function wakes(listener) {
  const seen = () => { if (!document.hidden) listener(); };
  addEventListener("online", listener);
  document.addEventListener("visibilitychange", seen);
  return () => {
    removeEventListener("online", listener);
    document.removeEventListener("visibilitychange", seen);
  };
}

async function askJSON(path, options = {}, limit = PATIENCE) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), limit);
  try {
    const response = await ask(path, { ...options, cache: "no-store", signal: patience.signal });
    return parse(await response.text());
  } catch (err) {
    throw err instanceof GatewayError ? err : unreachable();
  } finally {
    clearTimeout(timer);
  }
}

// ask returns a response that is not a refusal. It is the one gate that the key passes through: whoever
// gets it has just proved to be the laptop.
async function ask(path, options) {
  await address.sure();
  let response;
  try {
    response = await fetch(address.url(path), options);
  } catch (err) {
    address.doubt();
    throw options.signal.aborted ? err : unreachable();
  }
  if (isPage(response)) throw await shown(response, options);
  address.heard();
  if (response.ok) return response;
  throw await believed(await refusalIn(response));
}

// believed is what a refusal is worth. A void key ends the pairing, so only the laptop itself may say
// that it is void; one that removed this phone still knows it well enough for a proof.
async function believed(err) {
  if (err.code !== "removed" && err.code !== "invalid_api_key") return err;
  address.doubt();
  return address.find().then(() => err, (why) => why);
}

// shown is what a web page in place of an answer means: mostly that somebody else answers now. If it is
// the laptop all the same, the page came just before, or from an AI app.
async function shown(response, { method }) {
  address.doubt();
  const again = method === "POST" ? unreachable() : new GatewayError({ status: response.status });
  return address.find().then(() => again, (why) => why);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    const isMarkup = /^\s*</.test(text); // nothing that a person should read
    throw new GatewayError({ message: isMarkup ? "" : text.slice(0, 200) });
  }
}

function json() {
  return { "Content-Type": "application/json" };
}

function bearer(key) {
  return { Authorization: `Bearer ${key}` };
}
