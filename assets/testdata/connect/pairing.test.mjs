import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../../connect/gateway/refusal.js";
import { Pairing, isStore, sound, store, stored } from "../../connect/pairing/pairing.js";

const KEY = "mb_0123456789abcdef_-ABCD";
const WHOLE = { key: KEY, way: "direct", name: "Anna’s 书房\nlaptop", model: "hf.co/a/b:Q4@lm", local: "http://annas-laptop.local:8717" };

// keep is a localStorage that holds one text.
function keep(text) {
  const kept = { text };
  globalThis.localStorage = {
    getItem: () => kept.text,
    setItem: (_, value) => { kept.text = value; },
  };
  return kept;
}

test("a connection is kept, and nothing else", () => {
  const kept = keep(null);
  assert.deepEqual(stored(), {});
  store({ ...WHOLE, models: [{ id: "x" }], guest: {} });
  assert.deepEqual(JSON.parse(kept.text), WHOLE);
  assert.deepEqual(stored(), WHOLE);
});

test("garbage in the storage is survived", () => {
  for (const text of ["", "null", "7", '"text"', "[]", "{", "true", '{"key":', "undefined", "\0", '[["key","x"]]', '{"__proto__":{"key":"x"}}']) {
    keep(text);
    assert.deepEqual(stored(), {}, text);
  }
  for (const [part, value] of [
    ["key", 7], ["key", ""], ["key", "mb_short"], ["key", `${KEY}x`], ["key", `${KEY}\n`], ["key", { toString: () => KEY }], ["key", [KEY]],
    ["way", "sideways"], ["way", {}], ["way", "direct\n"], ["name", null], ["model", 1],
    ["local", "http://evil.example"], ["local", "https://a.local:1"], ["local", "http://a.local:8717/path"],
    ["local", "http://a.local.evil.example:80"], ["local", "http://x@a.local:80"], ["local", "javascript:alert(1)//.local"],
  ]) {
    const { [part]: _, ...rest } = WHOLE;
    assert.deepEqual(sound({ ...WHOLE, [part]: value }), rest, `${part} ${String(value)}`);
  }
});

test("without storage nothing is kept, and nothing breaks", () => {
  const refuse = () => { throw new DOMException("no", "SecurityError"); };
  globalThis.localStorage = { getItem: refuse, setItem: refuse };
  store(WHOLE);
  assert.deepEqual(stored(), {});
  delete globalThis.localStorage;
  store(WHOLE);
  assert.deepEqual(stored(), {});
});

test("other tabs are only heard about the connection", () => {
  assert.ok(isStore("modelbeam") && isStore(null) && !isStore("other"));
});

const NEW = "mb_ABCDEFGHIJKLMNOPQRSTUV";
const refused = (code) => () => { throw new GatewayError({ code }); };

// laptop is a gateway that knows KEY and trades any code for NEW, unless by says otherwise. asked notes
// what was asked of it, in order, with the key.
function laptop(by = {}) {
  const asked = [];
  const address = { arrive: () => ({ name: "Laptop", ours: true }), find: () => ({ name: "Laptop", way: "direct" }), know() {}, lasts() {} };
  const answers = { pair: () => ({ key: NEW }), models: () => [{ id: "llama" }], device: () => ({ local: "http://annas-laptop.local:8717" }) };
  const gateway = { asked, address: {} };
  for (const [name, answer] of Object.entries({ ...address, ...by.address })) {
    gateway.address[name] = async (connection) => {
      asked.push(`${name} ${connection?.key ?? ""}`.trim());
      return answer(connection);
    };
  }
  for (const [name, answer] of Object.entries({ ...answers, ...by })) {
    if (name === "address") continue;
    gateway[name] = async (...args) => {
      asked.push(`${name} ${args.join(" ")}`);
      return answer(...args);
    };
  }
  return gateway;
}

function pairing(gateway, { kept = {}, code = "", handover = "" } = {}) {
  keep(JSON.stringify(kept));
  const made = new Pairing(gateway, async () => "Phone");
  Object.assign(made, { code, handover });
  return made;
}

const failure = (promise) => promise.then(() => assert.fail("it went well"), (err) => err.code);

test("a code becomes a key, and the laptop is found before the key is sent", async () => {
  const gateway = laptop();
  const it = pairing(gateway, { code: "7KQ2M9XF" });
  assert.ok(it.begun);
  await it.connect();
  assert.deepEqual(gateway.asked, ["arrive", "pair 7KQ2M9XF Phone ", `know ${NEW}`, "find", `models ${NEW}`, `device ${NEW}`, `know ${NEW}`, "lasts"]);
  assert.equal(it.code, "");
  assert.deepEqual(stored(), { key: NEW, name: "Laptop", way: "direct", local: "http://annas-laptop.local:8717" });
  assert.deepEqual(it.connection.models, [{ id: "llama", label: "llama" }]);
});

test("an icon becomes the phone that made it, the first time that it is opened", async () => {
  const redeem = () => ({ key: NEW, name: "Laptop" });
  for (const [name, { kept, code }, redeemed] of [
    ["the first time", {}, true],
    ["each later time", { kept: WHOLE }, false],
    ["with a code, which is newer", { code: "7KQ2M9XF" }, false],
  ]) {
    const gateway = laptop({ redeem });
    const it = pairing(gateway, { kept, code, handover: "a hand-over" });
    assert.ok(it.begun);
    await it.connect();
    assert.equal(gateway.asked.includes("redeem a hand-over"), redeemed, name);
    assert.equal(it.handover, "", name);
    if (redeemed) assert.equal(stored().key, NEW);
  }
});

test("an icon's hand-over is spent by a refusal, and kept while the laptop is away", async () => {
  for (const [code, left] of [["icon_used", ""], ["icon_expired", ""], ["unreachable", "a hand-over"], ["paused", "a hand-over"]]) {
    const it = pairing(laptop({ redeem: refused(code) }), { handover: "a hand-over" });
    assert.equal(await failure(it.connect()), code);
    assert.deepEqual([it.handover, it.connection.key, it.begun], [left, undefined, left !== ""], code);
  }
});

test("only the laptop that gave the key is shown it when a phone pairs again", async () => {
  for (const [ours, shown] of [[true, KEY], [false, ""]]) {
    const gateway = laptop({ address: { arrive: () => ({ name: "Laptop", ours }) } });
    await pairing(gateway, { kept: WHOLE, code: "7KQ2M9XF" }).connect();
    assert.ok(gateway.asked.includes(`pair 7KQ2M9XF Phone ${shown}`), gateway.asked.join());
  }
});

test("nothing is asked with the key where the laptop is not found", async () => {
  const gateway = laptop({ address: { find: refused("other_laptop") } });
  const it = pairing(gateway, { kept: WHOLE });
  assert.equal(await failure(it.connect()), "other_laptop");
  assert.deepEqual(gateway.asked, [`know ${KEY}`, "find"]);
  assert.equal(it.connection.key, KEY); // it may come back
});

test("a code is spent by a refusal, and kept while the laptop is away", async () => {
  for (const [code, left, draft] of [["code_wrong", "", ""], ["code_used", "", ""], ["too_many_tries", "", "7KQ2M9XF"], ["unreachable", "7KQ2M9XF", ""], ["paused", "7KQ2M9XF", ""]]) {
    const it = pairing(laptop({ pair: refused(code) }), { code: "7KQ2M9XF" });
    assert.equal(await failure(it.connect()), code);
    assert.deepEqual([it.code, it.draft], [left, draft], code);
  }
});

test("a paired phone that scans a spent code goes on with its key", async () => {
  const it = pairing(laptop({ pair: refused("code_used") }), { kept: WHOLE, code: "7KQ2M9XF" });
  await it.connect();
  assert.equal(it.connection.key, KEY);
  assert.equal(it.code, "");
});

test("that the code was spent says more than that the key is void, and less than that the laptop is away", async () => {
  for (const [code, said] of [["removed", "code_used"], ["pass_ended", "code_used"], ["unreachable", "unreachable"]]) {
    const it = pairing(laptop({ pair: refused("code_used"), models: refused(code) }), { kept: WHOLE, code: "7KQ2M9XF" });
    assert.equal(await failure(it.connect()), said);
  }
});

test("without a model or a request left there is nothing to chat with", async () => {
  assert.equal(await failure(pairing(laptop({ models: () => [] }), { kept: WHOLE }).connect()), "no_server");
  const spent = { guest: { requests: 5, left: 0 } };
  const it = pairing(laptop({ device: () => spent }), { kept: WHOLE });
  assert.equal(await failure(it.connect()), "pass_used_up");
  assert.deepEqual(it.guest, spent.guest);
});

test("the laptop is asked what is left of a guest's pass, and of no other", async () => {
  let left = 5;
  const gateway = laptop({ device: () => ({ guest: { requests: 5, left: left-- } }) });
  const it = pairing(gateway, { kept: WHOLE });
  await it.recount();
  assert.deepEqual(gateway.asked, []);
  await it.connect();
  await it.recount();
  assert.equal(it.guest.left, 4);
  gateway.device = async () => refused("unreachable")();
  await it.recount(); // the next answer tells
  assert.equal(it.guest.left, 4);
});

test("what another tab stored is taken over when it is another key", () => {
  const it = pairing(laptop(), { kept: WHOLE });
  assert.ok(!it.differs({ key: "modelbeam" }) && !it.adopt());
  keep(JSON.stringify({ ...WHOLE, key: NEW }));
  assert.ok(it.differs({ key: "modelbeam" }) && it.differs({ key: null }) && !it.differs({ key: "other" }));
  assert.ok(it.adopt());
  assert.equal(it.connection.key, NEW);
  keep("{}"); // it was removed there
  assert.ok(it.differs({ key: "modelbeam" }));
  assert.ok(!it.adopt() && it.connection.key === NEW);
});

test("a forgotten pairing keeps the model", () => {
  const it = pairing(laptop(), { kept: WHOLE });
  it.choose("other");
  it.forget();
  assert.ok(!it.begun);
  assert.deepEqual(stored(), { model: "other" });
});
