import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf, spokenIn } from "../../connect/conversation/speech.js";

test("a text is read in sentences that no voice stops in", () => {
  assert.deepEqual(partsOf("One. Two?\nThree\n\n—\n"), ["One.", "Two?", "Three"]);
  assert.deepEqual(partsOf(""), []);
  assert.deepEqual(partsOf("你好。今天怎么样？"), ["你好。", "今天怎么样？"]);
  const long = Array.from({ length: 100 }, (_, i) => `word${i}`).join(" ");
  const parts = partsOf(long);
  assert.equal(parts.join(" "), long);
  assert.ok(parts.length > 3 && parts.every((part) => part.length <= 180), String(parts.map((part) => part.length)));
  assert.deepEqual(partsOf("x".repeat(400)).map((part) => part.length), [180, 180, 40]);
});

test("the letters say which language a voice should have", () => {
  for (const [text, want] of [["Hallo", "de"], ["你好", "zh"], ["こんにちは、世界", "ja"], ["안녕", "ko"], ["Привет", "ru"], ["שלום", "he"], ["مرحبا", "ar"]]) {
    assert.equal(spokenIn(text, "de"), want, text);
  }
});
