import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Address } from "../../connect/gateway/address.js";
import { proofFor } from "./laptop.mjs";

const LOCAL = "http://laptop.local:8717";
const HOST = "192.168.1.20:8717";
const KEY = "mb_0123456789abcdef_-ABCD";
const ME = { key: KEY };
const FORWARDED = { key: KEY, way: "forwarded" };
const OTHER = { key: "mb_BBBBBBBBBBBBBBBBBBBBBB" };
const away = () => { throw new TypeError("failed to fetch"); };
const deaf = (signal) => new Promise((_, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); });
const page = () => new Response("<html>Please log in", { headers: { "Content-Type": "text/html; charset=utf-8" } });
const portal = () => Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
const printer = () => new Response("<html>No such page", { status: 404, headers: { "Content-Type": "text/html" } });
const text = (body, status = 200) => () => new Response(body, { status });

// network has somebody at "" and at LOCAL, a laptop {key, way} or a function; both can change.
function network(own, local) {
  const asked = [];
  const at = { "": own, [LOCAL]: local };
  const address = new Address(async (url, { signal, redirect, cache }) => {
    assert.deepEqual([redirect, cache], ["manual", "no-store"]); // a sign-in page is seen as one, and nothing old is
    const [, base, path] = /^(http:..[^/]+|)(\/.*)$/.exec(url);
    asked.push(base + path.replace(/\?.*/, ""));
    const who = at[base];
    if (typeof who === "function") return who(signal);
    if (path === "/healthz") return Response.json({ ok: true, name: "Laptop" });
    assert.equal(new URL(path, "http://x").searchParams.get("at"), base ? new URL(base).host : HOST);
    return Response.json(proofFor(path, who.key, who.way));
  }, () => HOST);
  return { address, asked, at };
}

// hurry makes all waiting as much shorter.
function hurry(t) {
  const real = setTimeout;
  mock.method(globalThis, "setTimeout", (act, ms, ...args) => real(act, ms / 50, ...args));
  t.after(() => mock.restoreAll());
}

test("the page's own address is used while it answers", async () => {
  const { address, asked } = network(ME, ME);
  address.know({ key: KEY, local: LOCAL });
  assert.deepEqual(await address.find(), { name: "Laptop", way: "direct" });
  assert.equal(address.url("/pair"), "/pair");
  assert.deepEqual(asked, ["/proof"]);
});

test("the lasting address is gone on with when the own one is gone, and left when it is back", async (t) => {
  hurry(t);
  for (const gone of [away, deaf, OTHER, page, portal, printer, text("no JSON"), text("{}"), text("null"), text("", 404), text("", 500)]) {
    const { address, at } = network(gone, ME);
    address.know({ key: KEY, local: LOCAL });
    assert.deepEqual(await address.find(), { name: "Laptop", way: "direct" });
    assert.equal(address.url("/v1/models"), `${LOCAL}/v1/models`);
    at[""] = ME;
    await address.find();
    assert.equal(address.url("/v1/models"), "/v1/models");
  }
});

test("the own address says why there is none", async (t) => {
  hurry(t);
  const ours = (code) => text(JSON.stringify({ error: { code, source: "modelbeam" } }), 403);
  for (const [own, local, code] of [
    [away, away, "unreachable"], [deaf, deaf, "unreachable"], [away, OTHER, "unreachable"],
    [OTHER, away, "other_laptop"], [OTHER, OTHER, "other_laptop"], [printer, away, "other_laptop"],
    [text("no JSON"), away, "other_laptop"], [text("", 404), away, "other_laptop"], [text("", 500), away, "other_laptop"],
    [ours("removed"), away, "other_laptop"], [text("{}", 429), away, "unreachable"],
    [page, away, "sign_in"], [portal, away, "sign_in"],
    [ours("host_not_allowed"), away, "host_not_allowed"], [ours("devices_unreadable"), away, "devices_unreadable"],
  ]) {
    const { address } = network(own, local);
    address.know({ key: KEY, local: LOCAL });
    await assert.rejects(address.find(), { code });
    await assert.rejects(address.sure(), { code });
    assert.equal(address.url("/"), "/");
  }
});

test("without a lasting address there is one to ask", async () => {
  const { address, asked } = network(away, ME);
  address.know({ key: KEY });
  await assert.rejects(address.find(), { code: "unreachable" });
  assert.deepEqual(asked, ["/proof"]);
  assert.equal(await address.lasts(), false);
});

test("a laptop that answered directly does so always, one behind a port forward may", async () => {
  for (const [who, before, want] of [
    [ME, "", "direct"], [FORWARDED, "", "forwarded"], [FORWARDED, "forwarded", "forwarded"], [ME, "forwarded", "direct"],
    [ME, "direct", "direct"], [FORWARDED, "direct", undefined], // somebody passes the question on
  ]) {
    const { address } = network(who);
    address.know({ key: KEY, way: before });
    if (want) assert.equal((await address.find()).way, want);
    else await assert.rejects(address.find(), { code: "other_laptop" });
  }
});

test("a phone that comes with a code takes any laptop, and knows its own again", async () => {
  for (const [who, connection, ours] of [
    [OTHER, { key: KEY, local: LOCAL }, false], [ME, { key: KEY, local: LOCAL }, true], [ME, {}, false],
    [FORWARDED, { key: KEY, way: "direct" }, false],
  ]) {
    const { address } = network(who, away);
    assert.deepEqual(await address.arrive(connection), { name: "Laptop", ours });
    assert.equal(address.url("/pair"), "/pair");
  }
  const { address } = network(page, ME);
  await assert.rejects(address.arrive({ key: KEY, local: LOCAL }), { code: "sign_in" });
});

test("another laptop's address is forgotten", async () => {
  const { address } = network(away, ME);
  address.know({ key: KEY, local: LOCAL });
  await address.find();
  assert.equal(address.url("/"), `${LOCAL}/`);
  address.know({ key: KEY, local: LOCAL });
  assert.equal(address.url("/"), `${LOCAL}/`, "what is known already changes nothing");
  address.know({ key: OTHER.key, local: "" });
  assert.equal(address.url("/"), "/");
});

test("whether the lasting address works is asked once for each network", async (t) => {
  hurry(t);
  for (const [local, want] of [[ME, true], [away, false], [deaf, false], [OTHER, false]]) {
    const { address, asked, at } = network(ME, local);
    address.know({ key: KEY, local: LOCAL });
    assert.equal(await address.lasts(), want);
    assert.equal(await address.lasts(), want);
    assert.deepEqual(asked, [`${LOCAL}/proof`]);
    at[LOCAL] = ME;
    address.forget();
    assert.equal(await address.lasts(), true);
  }
});

test("one proof is enough for what follows at once, and for nothing after a pause or a doubt", async (t) => {
  let now = 1e12;
  mock.method(Date, "now", () => now);
  t.after(() => mock.restoreAll());
  const { address, asked, at } = network(ME);
  address.know({ key: KEY });
  const proofs = async () => {
    await address.sure();
    return asked.length;
  };
  assert.equal(await proofs(), 1);
  now += 900;
  assert.equal(await proofs(), 1);
  address.heard(); // an answer came
  now += 900;
  assert.equal(await proofs(), 1);
  now += 1500;
  address.heard(); // so late that it may be anybody's
  assert.equal(await proofs(), 2);
  address.doubt();
  address.heard(); // of a connection from before
  assert.equal(await proofs(), 3);
  now = 1e11; // somebody set the clock back
  assert.equal(await proofs(), 4);
  address.know({ key: KEY, way: "direct" }); // nothing new
  assert.equal(await proofs(), 4);
  address.know({ key: OTHER.key });
  await assert.rejects(proofs(), { code: "other_laptop" });
  address.know({ key: KEY });
  at[""] = OTHER;
  await assert.rejects(proofs(), { code: "other_laptop" });
});

test("those that look at the same time look together, and again when a doubt comes up meanwhile", async () => {
  let answer;
  const { address, asked, at } = network(() => new Promise((resolve) => { answer = resolve; }));
  address.know({ key: KEY });
  const both = Promise.all([address.sure(), address.find()]);
  assert.equal(asked.length, 1);
  address.doubt(); // another network
  at[""] = ME;
  answer(new Response("{}"));
  await both;
  assert.equal(asked.length, 2);
});

const ETHERNET = "http://10.0.0.5:8717";

test("every address that the laptop told is tried, and the one with a proof is gone on with", async (t) => {
  hurry(t);
  for (const [own, other, local, want] of [
    [away, ME, away, `${ETHERNET}/`], [OTHER, ME, OTHER, `${ETHERNET}/`], [away, OTHER, ME, `${LOCAL}/`], [deaf, deaf, ME, `${LOCAL}/`], [ME, ME, ME, "/"],
  ]) {
    const { address, at, asked } = network(own, local);
    at[ETHERNET] = other;
    address.know({ key: KEY, local: LOCAL, urls: [`http://${HOST}`, ETHERNET, LOCAL] });
    await address.find();
    assert.equal(address.url("/"), want);
    assert.equal(new Set(asked).size, asked.length, `each once: ${asked}`);
  }
});

test("what came of each address is known, the page's own first", async (t) => {
  hurry(t);
  const { address, at } = network(deaf, away);
  at[ETHERNET] = OTHER;
  address.know({ key: KEY, local: LOCAL, urls: [ETHERNET] });
  await assert.rejects(address.find(), { code: "unreachable" });
  const told = (tries) => tries.map(({ url, outcome }) => `${url} ${outcome}`);
  assert.deepEqual(told(address.tries), [`http://${HOST} mute`, `${LOCAL} broken`, `${ETHERNET} stranger`]);
  assert.ok(address.tries.every(({ ms }) => Number.isInteger(ms) && ms >= 0));
  at[""] = ME;
  const steps = [];
  assert.deepEqual(told(await address.survey((tries) => steps.push(tries.length))), [`http://${HOST} answered`, `${LOCAL} broken`, `${ETHERNET} stranger`]);
  assert.equal(steps.length, 3);
  assert.equal(steps.at(-1), 3);
  await address.find();
  assert.deepEqual(told(address.tries), [`http://${HOST} answered`], "what was not asked is not known");
});

test("an address that the browser forbids is none", async (t) => {
  hurry(t);
  const { address, asked } = network(away, away);
  address.know({ key: KEY, urls: [ETHERNET] });
  address.forbid(ETHERNET);
  await assert.rejects(address.find(), { code: "unreachable" });
  address.know({ key: KEY, urls: [ETHERNET] });
  assert.deepEqual(await address.survey().then((tries) => tries.length), 1);
  assert.deepEqual([...new Set(asked)], ["/proof"]);
});
