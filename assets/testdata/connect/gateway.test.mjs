import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { beforeEach, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { proofFor } from "./laptop.mjs";

globalThis.crypto ??= webcrypto; // which browsers have, and Node since 19
const heard = new Map(); // what the page listens to, on the window and the document
const listen = (name, listener) => heard.set(name, [...(heard.get(name) ?? []), listener]);
globalThis.document ??= { addEventListener: listen, removeEventListener() {} };
globalThis.addEventListener ??= listen;
globalThis.removeEventListener ??= () => {};
globalThis.location ??= { host: "192.168.1.20:8717" };
const gateway = await import("../../connect/gateway/gateway.js");

const KEY = "mb_0123456789abcdef_-ABCD";
const json = (value, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });
const ours = (code, status, headers) => json({ error: { message: `Of ${code}.`, code, source: "modelbeam" } }, status, headers);
const events = (...data) => new Response(data.map((d) => `data: ${typeof d === "string" ? d : JSON.stringify(d)}\n\n`).join(""), { headers: { "Content-Type": "text/event-stream" } });
const delta = (content, more = {}) => ({ choices: [{ delta: { content }, ...more }] });
let calls = [];

// answer lets the laptop answer by path; it is there, and has its proof, unless by says otherwise.
// What is asked to find it is not noted in calls.
function answer(by) {
  const there = { "/healthz": () => json({ ok: true, name: "Laptop" }), "/proof": (_, url) => json(proofFor(url, KEY)) };
  globalThis.fetch = async (url, options = {}) => {
    const path = url.replace(/\?.*/, "").replace(/\/[0-9a-f]{32}$/, "");
    if (!there[path]) calls.push({ method: "GET", url, ...options });
    const made = by[path] ?? there[path];
    if (!made) throw new TypeError("failed to fetch");
    return made(options, url);
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
    [new Response("<html>"), { code: "", message: "" }],
    [new Response("no JSON"), { code: "", message: "no JSON" }],
    [new Response("<html>", { headers: { "Content-Type": "text/html" } }), { code: "unreachable" }],
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
  answer({ "/v1/models": () => json({ data: [{ id: "big:cloud", remote_host: "ollama.com" }] }) });
  assert.deepEqual(await gateway.models(KEY), [{ id: "big:cloud", cloud: "ollama.com" }]);
  answer({ "/v1/models": () => json({ data: [], loading: true }) });
  await assert.rejects(gateway.models(KEY), { code: "model_loading" });
  answer({ "/v1/models": () => json({ data: [{ id: "a" }], loading: true }) });
  assert.deepEqual(await gateway.models(KEY), [{ id: "a" }]);
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
  let told = [];
  while (told.length === 0) {
    await pause(1);
    told = calls.filter((call) => call.method === "DELETE");
  }
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

// Who may have the laptop's place, and what the page says of it.
const OTHER = "mb_BBBBBBBBBBBBBBBBBBBBBB";
const html = (status = 200) => new Response("<html>Please log in", { status, headers: { "Content-Type": "text/html" } });
const IMPOSTORS = [
  ["another laptop", { "/proof": (_, url) => json(proofFor(url, OTHER)) }, "other_laptop"],
  ["an older one", { "/proof": () => ours("not_found", 404) }, "other_laptop"],
  ["a stranger", { "/proof": () => new Response(null, { status: 404 }) }, "other_laptop"],
  ["one who copies the health check", { "/proof": () => json({ ok: true, name: "Laptop", id: "me" }) }, "other_laptop"],
  ["one who repeats the question", { "/proof": (_, url) => json({ name: "Laptop", proof: new URL(url, "http://x").searchParams.get("phone") }) }, "other_laptop"],
  ["a captive portal", { "/proof": () => html() }, "sign_in"],
  ["nobody", { "/proof": () => { throw new TypeError("failed to fetch"); } }, "unreachable"],
];

test("nobody but the laptop gets the key, whatever is asked", async () => {
  for (const [who, theirs, code] of IMPOSTORS) {
    const everything = Object.fromEntries(["/device", "/v1/models", "/apps", "/pair", "/streams", "/v1/chat/completions"].map((path) => [path, () => json({ data: [] })]));
    answer({ ...everything, ...theirs });
    for (const ask of [gateway.device, gateway.models, gateway.apps, (key) => gateway.pair("7KQ2M9XF", "x", key)]) {
      gateway.address.know({ key: KEY });
      gateway.address.doubt();
      await assert.rejects(ask(KEY), { code }, who);
    }
    for (const begin of [(end) => gateway.chat(KEY, "m", [{ role: "user", content: "My secret" }], { signal: end }), (end) => gateway.resume(KEY, gateway.newStream(), end)]) {
      const stop = new AbortController();
      const reading = read(begin(stop.signal));
      await once(gateway.breaks, "broken", (event) => assert.equal(event.error.code, code, who));
      stop.abort();
      await assert.rejects(reading, { name: "AbortError" });
    }
    await pause(20);
    assert.deepEqual(calls, [], who);
  }
});

// once resolves when an event comes, after check.
function once(target, name, check = () => {}) {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, (event) => {
      try {
        resolve(check(event));
      } catch (err) {
        reject(err);
      }
    }, { once: true });
  });
}

test("only the laptop itself is believed that the key is void", async () => {
  for (const code of ["invalid_api_key", "removed"]) {
    for (const [who, theirs, instead] of [["the laptop", {}, code], ...IMPOSTORS]) {
      let there = true; // until the request that is refused
      const refused = () => {
        there = false;
        return ours(code, 401);
      };
      const ending = () => {
        there = false;
        return events(delta("half"), { error: { message: "x", code, source: "modelbeam" } });
      };
      const proof = (options, url) => (there || !theirs["/proof"] ? json(proofFor(url, KEY)) : theirs["/proof"](options, url));
      answer({ "/device": refused, "/v1/chat/completions": ending, "/proof": proof });
      gateway.address.know({ key: KEY });
      gateway.address.doubt();
      await assert.rejects(gateway.device(KEY), { code: instead }, who);
      there = true;
      gateway.address.doubt();
      await assert.rejects(read(gateway.chat(KEY, "m", [], { signal: signal() })), { code: instead }, who);
    }
  }
});

test("a web page is never an answer, and the question is asked again when it is gone", async () => {
  let portal = true;
  let asked = 0;
  answer({
    "/proof": (_, url) => (portal && asked > 0 ? html() : json(proofFor(url, KEY))), // it comes up behind the proof
    "/streams": () => ours("stream_not_found", 404),
    "/v1/chat/completions": () => {
      asked++;
      return portal ? html() : events(delta("Hi", { finish_reason: "stop" }), "[DONE]");
    },
  });
  gateway.address.know({ key: KEY });
  const reading = read(gateway.chat(KEY, "m", [], { signal: signal() }));
  await once(gateway.breaks, "broken", (event) => assert.equal(event.error.code, "sign_in"));
  portal = false;
  assert.equal(await reading, "Hi");
  assert.equal(asked, 2);
});

test("a web page that a model's app makes ends the answer without being shown", async () => {
  let asked = 0;
  answer({
    "/streams": () => html(), // what the gateway has kept
    "/v1/chat/completions": () => {
      asked++;
      return html();
    },
  });
  gateway.address.know({ key: KEY });
  await assert.rejects(read(gateway.chat(KEY, "m", [], { signal: signal() })), { code: "", message: "" });
  assert.equal(asked, 1);
});

test("requests in a row need one proof, those after a pause one each", async () => {
  let proofs = 0;
  answer({
    "/proof": (_, url) => {
      proofs++;
      return json(proofFor(url, KEY));
    },
    "/device": () => json({}), "/v1/models": () => json({}), "/apps": () => json({}), "/v1/chat/completions": () => events("[DONE]"),
  });
  gateway.address.know({ key: KEY });
  gateway.address.doubt();
  await Promise.all([gateway.device(KEY), gateway.models(KEY)]);
  await gateway.apps(KEY);
  assert.equal(proofs, 1);
  for (const change of ["online", "offline", "pagehide", "pageshow", "visibilitychange"]) {
    const before = proofs;
    heard.get(change).forEach((listener) => listener());
    await gateway.device(KEY);
    assert.equal(proofs, before + 1, change);
  }
  const before = proofs;
  await read(gateway.chat(KEY, "m", [], { signal: signal() })); // all that was said goes out with the key
  assert.equal(proofs, before + 1, "a question");
});
