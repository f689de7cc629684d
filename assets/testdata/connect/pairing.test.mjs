import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFromFragment, deviceName, formatCode, isWhole, normalizeCode, platform } from "../../connect/pairing.js";

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

const WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)";
const AGENTS = [
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} Version/18.0 Mobile/15E148 Safari/604.1`, 5, "iPhone · Safari", "ios"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} CriOS/130.0 Mobile/15E148 Safari/604.1`, 5, "iPhone · Chrome", "ios"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 Safari/605.1.15`, 5, "iPad · Safari", "ios"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.0 Safari/605.1.15`, 0, "Mac · Safari", "mac"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/130.0.0.0 Mobile Safari/537.36`, 5, "Android · Chrome", "android"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/130.0.0.0 Safari/537.36`, 5, "Android tablet · Chrome", "android"],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP1A.240405.002; wv) ${BLINK} Version/4.0 Chrome/124.0 Mobile Safari/537.36`, 5, "Pixel 8 · Chrome", "android"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`, 5, "Android · Samsung Internet", "android"],
  [`Mozilla/5.0 (Linux; Android 14; 23127PN0CC Build/UKQ1) ${BLINK} Version/4.0 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0`, 5, "23127PN0CC · WeChat", "android"],
  ["Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", 5, "Android · Firefox", "android"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0`, 10, "Windows · Edge", "windows"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/130.0.0.0 Safari/537.36`, 0, "Chromebook · Chrome", "linux"],
  ["curl/8.5.0", 0, "", "linux"],
];

test("a device gets a name that a person recognises", () => {
  for (const [agent, touch, name, system] of AGENTS) {
    assert.equal(deviceName(agent, touch), name, agent);
    assert.equal(platform(agent, touch), system, agent);
  }
});
