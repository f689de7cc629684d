// The test of the connection: the calls that a chat app makes, one after the other, and what to
// do when one fails. No DOM in here.
import { problemOf } from "../words/problems.js";
import { GatewayError, isAway, refusal, refusalIn } from "../gateway/refusal.js";
import { EventParser } from "../gateway/stream.js";
import { number } from "../words/language.js";
import { t } from "../words/text.js";

const QUICK = 8000; // milliseconds for what the gateway answers by itself
const PATIENCE = 120000; // and for a model, which may have to be loaded first
const ENOUGH = 4; // pieces of an answer, to know that it streams
const PHOTO = 1500000; // bytes, as a phone's photo has after an app made it smaller

/**
 * STEPS are the calls: what each one proves, in the order they are made. lost is what it means
 * when one gets no answer while the page itself still does.
 */
export const STEPS = [
  {
    title: t("Finds the models"), run: findModels,
    lost: { obstacle: "origin", title: t("Web apps are kept out"), advice: t("Let Modelbeam on the laptop answer any website, or use an app that is not a web app.") },
  },
  {
    title: t("Answers word by word"), run: streamAnswer,
    lost: { title: t("The answer broke off"), advice: t("Move closer to the Wi-Fi router, then test again.") },
  },
  {
    title: t("Takes photos"), run: sendPhoto,
    lost: { title: t("The photo did not get through"), advice: t("Move closer to the Wi-Fi router, then test again.") },
  },
];

/**
 * selfTest makes the calls with fetch, which must be one of another origin, for the connection
 * {key, model}. report(i, state, detail) is called when step i is "running", and when it has
 * "passed" or "failed". The result is null, or what failed and what to do: {title, advice, obstacle}. obstacle
 * is what tunnel/README.md calls it for /report.
 * near tells whether the page itself still gets an answer.
 */
export async function selfTest({ fetch, near, signal, report }, connection) {
  for (const [i, step] of STEPS.entries()) {
    report(i, "running", "");
    try {
      report(i, "passed", await step.run(caller(fetch, signal), connection));
    } catch (err) {
      if (signal.aborted) throw err;
      report(i, "failed", "");
      return explain(err, step, near);
    }
  }
  return null;
}

/** Finding is a failure that has its words already. */
class Finding extends Error {
  constructor(title, advice) {
    super(title);
    this.words = { title, advice, obstacle: "model" };
  }
}

async function explain(err, { lost }, near) {
  if (err instanceof Finding) return err.words;
  if (err.code === "unreachable" && await near()) return { obstacle: "address", ...lost };
  const { code, kind, title, advice } = problemOf(err);
  if (code) return { title, advice, obstacle: isAway(err) ? "address" : { pair: "key", pass: "key" }[kind] ?? "model" };
  return { obstacle: "model", title: t("The AI app refused"), advice: (err instanceof GatewayError && err.message) || t("Try another model, or restart the AI app on the laptop.") };
}

// caller makes calls with fetch, each with a limit, all ended by signal.
function caller(fetch, signal) {
  return async (limit, path, key, body) => {
    const call = new AbortController();
    const late = setTimeout(() => call.abort(), limit);
    signal.addEventListener("abort", () => call.abort(), { once: true });
    const headers = { Authorization: `Bearer ${key}` };
    if (body) headers["Content-Type"] = "application/json";
    const broken = (code) => (call.signal.aborted && body ? tooSlow() : new GatewayError({ code }));
    const end = () => {
      clearTimeout(late);
      call.abort();
    };
    try {
      return { response: await fetch(path, { method: body ? "POST" : "GET", headers, body, signal: call.signal }), broken, end };
    } catch (err) {
      clearTimeout(late);
      throw err instanceof GatewayError ? err : broken("unreachable"); // the page already knew that it was of no use
    }
  };
}

function tooSlow() {
  return new Finding(t("The model is too slow to start"), t("Choose a smaller model, or load this one first by asking it something on the laptop."));
}

async function findModels(call, { key }) {
  const { response, end } = await call(QUICK, "/v1/models", key);
  try {
    if (!response.ok) throw await refusalIn(response);
    const list = await response.json().catch(() => ({}));
    const count = list.data?.length ?? 0;
    if (count === 0) throw new GatewayError({ code: "no_server" });
    return t("{count} found", { count });
  } finally {
    end();
  }
}

async function streamAnswer(call, { key, model }) {
  const began = performance.now();
  let first = 0;
  let reads = 0;
  for await (const chunks of chat(call, key, request(model, t("Count from 1 to 20."), 48))) {
    if (!chunks.some(speaks)) continue;
    first ||= performance.now();
    if (++reads === ENOUGH) break;
  }
  if (reads === 0) throw new Finding(t("The model gave no answer"), t("Try another model, or restart the AI app on the laptop."));
  if (reads === 1) throw new Finding(t("The answer came in one piece"), t("Apps will show answers only once they are complete. Update the AI app on the laptop, or use another one."));
  return t("after {seconds} s", { seconds: number((first - began) / 1000, 1) });
}

// sendPhoto fills the request with blanks up to the size of a photo. They mean nothing in JSON, so no
// server minds them and no model has to look at a picture, but every byte goes all the way.
async function sendPhoto(call, { key, model }) {
  const body = request(model, "Hi", 1);
  const padded = `${body.slice(0, -1)}${" ".repeat(PHOTO - body.length)}}`;
  try {
    for await (const chunks of chat(call, key, padded)) if (chunks.length > 0) break;
  } catch (err) {
    if (err.status === 413 && !err.code) throw new Finding(t("Photos are too large for the AI app"), t("Send smaller ones, or use another AI app on the laptop."));
    // Any other refusal of the model's app shows that it got the request.
    if (!(err instanceof GatewayError) || err.code || err.status >= 500) throw err;
  }
  return t("{size} MB arrived", { size: number(PHOTO / 1e6, 1) });
}

function request(model, content, limit) {
  return JSON.stringify({ model, messages: [{ role: "user", content }], max_tokens: limit, stream: true });
}

// chat yields, for every piece that the network brings, the chunks of the answer that it completes.
async function* chat(call, key, body) {
  const { response, broken, end } = await call(PATIENCE, "/v1/chat/completions", key, body);
  try {
    if (!response.ok) throw await refusalIn(response);
    if (!response.headers.get("Content-Type")?.includes("text/event-stream")) {
      yield [await response.json()];
      return;
    }
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch(() => { throw broken("server_broke_off"); });
      yield (done ? parser.end() : parser.push(decoder.decode(value, { stream: true }))).filter((data) => data !== "[DONE]").map(chunkOf);
      if (done) return;
    }
  } finally {
    end();
  }
}

function chunkOf(data) {
  const chunk = JSON.parse(data);
  if (chunk.error) throw refusal(chunk.error, 400); // it came too late to have a status of its own
  return chunk;
}

// speaks tells whether a chunk brings some of the answer, or of the thinking before it.
function speaks(chunk) {
  const choice = chunk.choices?.[0] ?? {};
  const part = choice.delta ?? choice.message ?? {};
  return Boolean(part.content || part.reasoning_content || part.reasoning);
}
