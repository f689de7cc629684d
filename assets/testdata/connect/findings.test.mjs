import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { deliver, engine, findingOf, keep, networkOf } from "../../connect/gateway/findings.js";
import { GatewayError } from "../../connect/gateway/refusal.js";

const KEY = "mb_0123456789abcdef_-ABCD";
const OTHER = "mb_BBBBBBBBBBBBBBBBBBBBBB";
const NOW = 1e12;
const lost = (ms) => ({ occasion: "lost", tries: [{ url: "http://10.0.0.2:8717", outcome: "mute", ms }] });
const tested = (ms) => ({ ...lost(ms), occasion: "test" });
let kept;

beforeEach(() => {
  kept = new Map();
  globalThis.localStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text), removeItem: (name) => kept.delete(name) };
});

// delivered delivers to a laptop that answers each report so, and returns the times that the reports brought.
async function delivered(key, answer = async () => {}, now = NOW) {
  const got = [];
  await deliver(key, async (finding) => {
    await answer(finding);
    got.push(finding);
  }, now);
  return got;
}

test("what was found is told once, and with its age", async () => {
  keep(KEY, tested(1), NOW - 5000);
  keep(KEY, lost(2), NOW - 2000);
  const got = await delivered(KEY);
  const [{ clock }] = got;
  assert.deepEqual(got.map((finding) => ({ ...finding, clock })), [{ ...tested(1), age: 5000, clock }, { ...lost(2), age: 2000, clock }]);
  assert.equal(typeof clock, "number");
  assert.deepEqual(await delivered(KEY), []);
  assert.equal(kept.size, 0);
});

test("little is kept, and of a lost laptop the last that was seen", async () => {
  for (let i = 0; i < 9; i++) keep(KEY, lost(i), NOW);
  for (let i = 0; i < 3; i++) keep(KEY, tested(i), NOW);
  assert.deepEqual((await delivered(KEY)).map((f) => f.occasion + f.tries[0].ms), ["lost8", "test0", "test1", "test2"]);
  for (let i = 0; i < 9; i++) keep(KEY, tested(i), NOW);
  assert.deepEqual((await delivered(KEY)).map((f) => f.tries[0].ms), [5, 6, 7, 8]);
});

test("what cannot be told waits, and what the laptop will not have goes", async () => {
  keep(KEY, tested(1), NOW);
  keep(KEY, tested(2), NOW);
  for (const err of [new GatewayError({ code: "unreachable" }), new GatewayError({ status: 429, code: "too_many_tries" })]) {
    assert.deepEqual(await delivered(KEY, async () => { throw err; }), []);
  }
  const refuse = async ({ tries }) => { if (tries[0].ms === 1) throw new GatewayError({ status: 400, code: "bad_request" }); };
  assert.deepEqual((await delivered(KEY, refuse)).map((f) => f.tries[0].ms), [2]);
  assert.deepEqual(await delivered(KEY), []);
});

test("nothing is told to another laptop, nor after a day", async () => {
  keep(KEY, tested(1), NOW);
  assert.deepEqual(await delivered(OTHER), []);
  keep(KEY, tested(2), NOW);
  assert.deepEqual((await delivered(KEY)).map((f) => f.tries[0].ms), [2]);
  keep(KEY, tested(3), NOW - 2 * 86400000);
  keep(KEY, tested(4), NOW + 3600000); // a clock that was set back
  assert.deepEqual((await delivered(KEY)).map((f) => [f.tries[0].ms, f.age]), [[4, 0]]);
});

test("two that tell at once tell nothing twice", async () => {
  keep(KEY, tested(1), NOW);
  const got = [];
  const post = async (finding) => { got.push(finding); };
  await Promise.all([deliver(KEY, post, NOW), deliver(KEY, post, NOW)]);
  assert.equal(got.length, 1);
});

test("garbage in the storage, and none, are survived", async () => {
  for (const text of ["", "null", "7", "{}", "[null,7,[],{}]", "{"]) {
    kept.set("modelbeam-findings", text);
    assert.deepEqual(await delivered(KEY), [], text);
  }
  globalThis.localStorage = { getItem() { throw new DOMException("no", "SecurityError"); } };
  keep(KEY, tested(1), NOW);
  assert.deepEqual(await delivered(KEY), []);
});

test("a finding has what the laptop wants to know, and nothing that a stranger chose", () => {
  const tries = [
    { url: "http://192.168.1.20:8717", outcome: "mute", ms: 5000 }, { url: "http://modelbeam-1a2b.local:8717", outcome: "broken", ms: 3 },
    { url: "http://[fd00::20]:8717", outcome: "broken", ms: 1 }, { url: "http://laptop.example.org:8717", outcome: "mute", ms: 5000 },
  ];
  const phone = { onLine: true, connection: { type: "wifi" }, userAgent: "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36" };
  assert.deepEqual(findingOf({ occasion: "lost", tries, obstacles: ["address"] }, phone, "http:"), {
    occasion: "lost", tries: tries.slice(0, 3), name: "no", online: "yes", network: "wifi", scheme: "http", browser: "chromium", obstacles: ["address"],
  });
  const bare = findingOf({ occasion: "test", tries: [], obstacles: [] }, {}, "https:");
  assert.deepEqual([bare.name, bare.online, bare.network, bare.scheme, bare.browser], ["", "", "", "https", "other"]);
});

test("the family of a browser", () => {
  for (const [agent, want] of [
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1", "webkit"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Mobile Safari/604.1", "webkit"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "webkit"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36", "chromium"],
    ["Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36", "chromium"],
    ["Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "firefox"], ["curl/8", "other"],
  ]) assert.equal(engine(agent), want, agent);
  for (const [type, want] of [["wifi", "wifi"], ["cellular", "cellular"], ["wimax", "other"], ["unknown", ""], ["none", ""], [undefined, ""]]) {
    assert.equal(networkOf({ connection: { type } }), want);
  }
  assert.equal(networkOf(), "");
});
