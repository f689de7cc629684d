// The laptop's answers. Every refusal becomes a GatewayError with a code that problems.js knows.
import { events } from "./stream.js";

const PATIENCE = 8000; // milliseconds for what the gateway answers by itself

/** GatewayError is a refusal of the gateway or of a model's server, or no answer at all. */
export class GatewayError extends Error {
  /** wait is the number of seconds to wait before another try, 0 when nothing was said. */
  constructor({ code = "", message = "", status = 0, wait = 0 }) {
    super(message);
    Object.assign(this, { code, status, wait });
  }
}

/** pair trades a one-time code for a key: {key, device, name, urls, models}. */
export function pair(code, name) {
  return askJSON("/pair", { method: "POST", headers: json(), body: JSON.stringify({ code, device: { name } }) });
}

/** identity tells who is there, without a key: {name, id}. */
export function identity() {
  return askJSON("/healthz");
}

/** models lists the ids of all models that the key may use. */
export async function models(key) {
  const list = await askJSON("/v1/models", { headers: bearer(key) });
  return (list.data ?? []).map((model) => model.id);
}

/** apps lists how each app takes the connection over: {id, name, platforms, ways, note}. */
export async function apps(key) {
  const list = await askJSON("/apps", { headers: bearer(key) });
  return list.apps ?? [];
}

/**
 * chat streams an answer as pieces {content, thinking, finish}. It has no time limit, because a
 * large model may load for minutes; signal ends it.
 */
export async function* chat(key, model, messages, signal) {
  const response = await ask("/v1/chat/completions", {
    method: "POST", headers: { ...json(), ...bearer(key) }, signal,
    body: JSON.stringify({ model, messages, stream: true }),
  });
  if (!response.headers.get("Content-Type")?.includes("text/event-stream")) {
    yield piece(await whole(response)); // a server that cannot stream
    return;
  }
  let finished = false;
  for await (const data of watched(events(response.body), signal)) {
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

// watched makes an error of ours out of a connection that breaks in the middle.
async function* watched(stream, signal) {
  try {
    yield* stream;
  } catch (err) {
    throw signal.aborted ? err : new GatewayError({ code: "unreachable" });
  }
}

async function askJSON(path, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await whole(await ask(path, { ...options, cache: "no-store", signal: patience.signal }));
  } catch (err) {
    throw err instanceof GatewayError ? err : new GatewayError({ code: "unreachable" });
  } finally {
    clearTimeout(timer);
  }
}

// ask returns a response that is not a refusal.
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (err) {
    throw options.signal.aborted ? err : new GatewayError({ code: "unreachable" });
  }
  if (response.ok) return response;
  throw await refusalIn(response);
}

/** refusalIn reads the error out of an answer whose status is one. */
export async function refusalIn(response) {
  const body = await response.json().catch(() => ({}));
  return refusal(body.error, response.status, Number(response.headers.get("Retry-After")) || 0);
}

async function whole(response) {
  return parse(await response.text());
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError({ message: text.slice(0, 200) });
  }
}

/**
 * refusal reads the gateway's error object, and what servers behind it send: an object of the
 * same shape or a plain string. Only a code of the gateway means what problems.js says, so that
 * a server's "invalid_api_key" is not taken for the end of the pairing.
 */
export function refusal(error, status = 0, wait = 0) {
  const message = typeof error === "string" ? error : error?.message;
  return new GatewayError({ message, code: error?.source === "modelbeam" ? error.code : "", status, wait });
}

function json() {
  return { "Content-Type": "application/json" };
}

function bearer(key) {
  return { Authorization: `Bearer ${key}` };
}
