import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFromFragment, formatCode, isWhole, normalizeCode } from "../../connect/pairing/code.js";

test("a code is forgiven what people type", () => {
  for (const [typed, want] of [
    ["7KQ2M9XF", "7KQ2M9XF"], ["7kq2-m9xf", "7KQ2M9XF"], [" 7kq2 m9xf ", "7KQ2M9XF"],
    ["oOiIlL00", "00111100"], ["U7KQ2?M9XFAB", "7KQ2M9XF"], ["７", ""], ["", ""],
  ]) assert.equal(normalizeCode(typed), want, typed);
  assert.ok(isWhole("7KQ2M9XF"));
  assert.ok(!isWhole("7KQ2M9X"));
  assert.equal(formatCode("7KQ2M9XF"), "7KQ2-M9XF");
  assert.equal(formatCode("7KQ2"), "7KQ2"); // the hyphen can be deleted again
});

test("the code comes out of the fragment", () => {
  for (const [fragment, want] of [
    ["#c=7KQ2M9XF", "7KQ2M9XF"], ["#c=7kq2-m9xf", "7KQ2M9XF"], ["#x=1&c=7KQ2M9XF", "7KQ2M9XF"], ["#", ""], ["", ""], ["#7KQ2M9XF", ""],
  ]) assert.equal(codeFromFragment(fragment), want, fragment);
});
