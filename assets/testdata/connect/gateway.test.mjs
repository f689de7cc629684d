import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { beforeEach, test } from "node:test";

globalThis.crypto ??= webcrypto; // which browsers have, and Node since 19
globalThis.document ??= { addEventListener() {}, removeEventListener() {} };
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};
const gateway = await import("../../connect/gateway.js");

const KEY = "mb_0123456789abcdef_-ABCD";
const json = (value, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });
const ours = (code, status, headers) => json({ error: { message: `Of ${code}.`, code, source: "modelbeam" } }, status, headers);
const events = (...data) => new Response(data.map((d) => `data: ${typeof d === "string" ? d : JSON.stringify(d)}\n\n`).join(""), { headers: { "Content-Type": "text/event-stream" } });
const delta = (content, more = {}) => ({ choices: [{ delta: { content }, ...more }] });
let calls = [];

// answer lets the laptop answer by path.
function answer(by) {
  globalThis.fetch = async (url, options = {}) => {
    const path = url.replace(/\?.*/, "").replace(/\/[0-9a-f]{32}$/, "");
    calls.push({ method: "GET", url, ...options });
    if (!by[path]) throw new TypeError("failed to fetch");
    return by[path](options);
  };
}

async function read(pieces) {
  const got = [];
  for await (const { content } of pieces) got.push(content);
  return got.join("");
}

const signal = () => new AbortController().signal;

beforeEach(() => {
  calls = [];
  gateway.address.know({});
});

test("a phone shows the key that it has when it pairs again", async () => {
  answer({ "/pair": () => json({ key: KEY }) });
  await gateway.pair("7KQ2M9XF", "iPhone · Safari", "");
  await gateway.pair("7KQ2M9XF", "iPhone · Safari", KEY);
  assert.equal(calls[0].headers.Authorization, undefined);
  assert.equal(calls[1].headers.Authorization, `Bearer ${KEY}`);
  assert.deepEqual(JSON.parse(calls[0].body), { code: "7KQ2M9XF", device: { name: "iPhone · Safari" } });
});

test("refusals keep their code, and how long to wait", async () => {
  for (const [response, want] of [
    [ours("too_many_tries", 429, { "Retry-After": "42" }), { code: "too_many_tries", wait: 42, status: 429 }],
    [ours("code_expired", 410), { code: "code_expired", wait: 0 }],
    [json({ error: { code: "removed", message: "no key" } }, 401), { code: "", message: "no key" }], // of a server
    [json({ error: "text" }, 500), { code: "", message: "text" }],
    [json(null, 500), { code: "" }],
    [new Response("<html>", { status: 502 }), { code: "", status: 502 }],
    [new Response("<html>"), { code: "", message: "<html>" }],
  ]) {
    answer({ "/pair": () => response });
    await assert.rejects(gateway.pair("7KQ2M9XF", "x"), want);
  }
  answer({});
  await assert.rejects(gateway.pair("7KQ2M9XF", "x"), { code: "unreachable" });
});

test("what is not known of a model is not claimed", async () => {
  answer({ "/v1/models": () => json({ data: [{ id: "a", capabilities: ["vision"] }, { id: "b", capabilities: [] }, { id: "c", object: "model" }, { id: "d", capabilities: "x" }] }) });
  assert.deepEqual(await gateway.models(KEY), [{ id: "a", capabilities: ["vision"] }, { id: "b", capabilities: [] }, { id: "c" }, { id: "d" }]);
});

test("apps are asked for by the address that the person chose", async () => {
  answer({ "/apps": () => json({ apps: [] }) });
  await gateway.apps(KEY);
  await gateway.apps(KEY, true);
  assert.deepEqual(calls.map((call) => call.url), ["/apps", "/apps?base=local"]);
});

test("an answer has a name that nobody guesses, by which it is picked up", async () => {
  answer({
    "/v1/chat/completions": () => events(delta("Hi "), delta("there", { finish_reason: "stop" }), "[DONE]"),
    "/healthz": () => json({ id: "me", name: "Laptop" }),
    "/streams": () => events(delta("Again", { finish_reason: "stop" })),
  });
  assert.equal(await read(gateway.chat(KEY, "m", [], { signal: signal() })), "Hi there");
  assert.match(calls[0].headers["Modelbeam-Stream"], /^[0-9a-f]{32}$/);
  assert.notEqual(gateway.newStream(), gateway.newStream());
  const stream = gateway.newStream();
  assert.equal(await read(gateway.resume(KEY, stream, signal())), "Again");
  assert.equal(calls.at(-1).url, `/streams/${stream}?from=0`);
  assert.ok(calls.every((call) => call.method !== "DELETE"), "nothing was stopped");
});

test("Stop is told to the laptop, a page that just goes away says nothing", async () => {
  const stop = new AbortController();
  answer({
    "/v1/chat/completions": () => new Response(new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(delta("1"))}\n\n`)),
    }), { headers: { "Content-Type": "text/event-stream" } }),
    "/streams": () => new Response(null, { status: 204 }),
  });
  const stream = gateway.newStream();
  await assert.rejects(async () => {
    for await (const _ of gateway.chat(KEY, "m", [], { signal: stop.signal, stream })) stop.abort();
  }, { name: "AbortError" });
  const told = calls.filter((call) => call.method === "DELETE");
  assert.deepEqual(told.map((call) => call.url), [`/streams/${stream}`]);
  assert.equal(told[0].headers.Authorization, `Bearer ${KEY}`);
});

test("an answer that is no stream, and one that is none at all", async () => {
  answer({ "/v1/chat/completions": () => json({ choices: [{ message: { content: "Whole" } }] }) });
  assert.equal(await read(gateway.chat(KEY, "m", [], { signal: signal() })), "Whole");
  for (const [response, want] of [
    [() => events(delta("half")), { code: "server_broke_off" }],
    [() => events(delta("half"), { error: { message: "gone", code: "device_paused", source: "modelbeam" } }), { code: "device_paused" }],
    [() => events({ error: "full" }), { code: "", message: "full" }],
    [() => events("no JSON"), { code: "", message: "no JSON" }],
    [() => ours("pass_used_up", 429), { code: "pass_used_up" }],
  ]) {
    answer({ "/v1/chat/completions": response });
    await assert.rejects(read(gateway.chat(KEY, "m", [], { signal: signal() })), want);
  }
});
