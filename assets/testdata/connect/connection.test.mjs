import assert from "node:assert/strict";
import { test } from "node:test";
import { isStore, sound, store, stored } from "../../connect/connection.js";

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
