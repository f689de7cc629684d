import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../../connect/gateway/refusal.js";
import { STEPS, selfTest } from "../../connect/apps/selftest.js";

const KEY = "mb_0123456789abcdef_-ABCD";
const MODEL = "qwen3:8b";
const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });
const ours = (code, status) => json({ error: { message: code, code, source: "modelbeam" } }, status);
const models = () => json({ data: [{ id: MODEL }, { id: "other" }] });
const delta = (content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

// stream answers with the pieces as the network would bring them: each is a read of its own.
function stream(...pieces) {
  const waiting = pieces.map((piece) => new TextEncoder().encode(piece));
  const body = new ReadableStream({
    pull(controller) {
      if (waiting.length > 0) controller.enqueue(waiting.shift());
      else controller.close();
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

const words = () => stream(": ping\n\n", delta(""), delta("1"), delta(" 2"), delta(" 3"), delta(" 4"), "data: [DONE]\n\n");

// run tests against a laptop that gives these answers in turn.
async function run(answers, { near = true, signal = new AbortController().signal } = {}) {
  const calls = [];
  const states = [];
  const problem = await selfTest({
    fetch: async (path, options) => {
      calls.push({ path, ...options });
      const answer = answers[calls.length - 1];
      if (!answer) throw new TypeError("failed to fetch");
      return answer(options);
    },
    near: async () => near,
    report: (i, state, detail) => states.push([i, state, detail]),
    signal,
  }, { key: KEY, model: MODEL });
  return { problem, calls, states };
}

const last = (states) => states.at(-1).slice(0, 2);

test("a good connection passes every step with the calls of an app", async () => {
  const { problem, calls, states } = await run([models, words, words]);
  assert.equal(problem, null);
  assert.deepEqual(states.filter(([, state]) => state === "passed").map(([i]) => i), [0, 1, 2]);
  assert.equal(states.length, 2 * STEPS.length);
  assert.equal(states[1][2], "2 found");
  assert.match(states[3][2], /^after \d+\.\d\u00a0s$/);
  assert.deepEqual(calls.map((c) => `${c.method} ${c.path}`), ["GET /v1/models", "POST /v1/chat/completions", "POST /v1/chat/completions"]);
  for (const call of calls) assert.equal(call.headers.Authorization, `Bearer ${KEY}`);
  for (const call of calls) assert.ok(call.signal.aborted, "every call is ended");
});

test("the upload is as large as a photo, and to a server it is a short question", async () => {
  const { calls } = await run([models, words, words]);
  const { body } = calls[2];
  assert.equal(Buffer.byteLength(body), 1500000);
  assert.deepEqual(JSON.parse(body), { model: MODEL, messages: [{ role: "user", content: "Hi" }], max_tokens: 1, stream: true });
});

test("each failure is told with its next step, and ends the test", async () => {
  for (const [name, answers, step, title, options] of [
    ["away", [], 0, "The laptop does not answer", { near: false }],
    ["another laptop", [() => { throw new GatewayError({ code: "other_laptop" }); }], 0, "This is a different laptop", { near: false }],
    ["another laptop in the end", [models, words, () => { throw new GatewayError({ code: "other_laptop" }); }], 2, "This is a different laptop", { near: false }],
    ["refused by origin", [], 0, "Web apps are kept out"],
    ["cut in the chat", [models], 1, "The answer broke off"],
    ["cut in the photo", [models, words], 2, "The photo did not get through"],
    ["removed", [() => ours("invalid_api_key", 401)], 0, "This phone was removed"],
    ["paused", [() => ours("paused", 503)], 0, "Paused on the laptop"],
    ["no models", [() => json({ data: [] })], 0, "No model is running yet"],
    ["server gone", [models, () => ours("server_unreachable", 502)], 1, "The AI app is not running"],
    ["server's own error", [models, () => json({ error: "out of memory" }, 500)], 1, "The AI app refused"],
    ["error in the stream", [models, () => stream(`data: {"error":{"message":"x","code":"server_broke_off","source":"modelbeam"}}\n\n`)], 1, "The answer broke off"],
    ["not streamed", [models, () => json({ choices: [{ message: { content: "1 2 3" } }] })], 1, "The answer came in one piece"],
    ["held back", [models, () => stream(delta("1") + delta("2") + delta("3"))], 1, "The answer came in one piece"],
    ["silent", [models, () => stream("data: [DONE]\n\n")], 1, "The model gave no answer"],
    ["not JSON", [models, () => stream("data: oops\n\n")], 1, "The AI app refused"],
    ["too large for us", [models, words, () => ours("body_too_large", 413)], 2, "This is too long to send"],
    ["too large for the server", [models, words, () => json({ error: { message: "too large" } }, 413)], 2, "Photos are too large for the AI app"],
    ["away in the end", [models, words], 2, "The laptop does not answer", { near: false }],
    ["broken by the upload", [models, words, () => json({ error: "x" }, 500)], 2, "The AI app refused"],
  ]) {
    const { problem, states } = await run(answers, options);
    assert.equal(problem?.title, title, name);
    assert.ok(problem.advice, name);
    assert.deepEqual(last(states), [step, "failed"], name);
  }
});

test("a refusal by the model's app shows that the upload arrived", async () => {
  for (const refusal of [() => json({ error: { message: "context too long" } }, 400), () => stream(`data: {"error":{"message":"context"}}\n\n`)]) {
    const { problem, states } = await run([models, words, refusal]);
    assert.equal(problem, null);
    assert.deepEqual(states.at(-1), [2, "passed", "1.5 MB arrived"]);
  }
});

test("a model that does not start in time is told apart from a laptop that is away", async () => {
  const patient = globalThis.setTimeout;
  globalThis.setTimeout = (run) => patient(run, 0); // two minutes pass at once
  try {
    const silence = ({ signal }) => new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    const { problem, states } = await run([models, silence]);
    assert.equal(problem.title, "The model is too slow to start");
    assert.deepEqual(last(states), [1, "failed"]);
  } finally {
    globalThis.setTimeout = patient;
  }
});

test("the person can end it at any time", async () => {
  const stop = new AbortController();
  const hanging = ({ signal }) => new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    stop.abort();
  });
  await assert.rejects(run([models, hanging], { signal: stop.signal }));
});
