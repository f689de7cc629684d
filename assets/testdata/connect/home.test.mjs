import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsFor } from "../../connect/home/steps.js";
import { handoverFromFragment } from "../../connect/pairing/code.js";

const ios = (rest) => `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ${rest}`;
const android = (rest, inside = "") => `Mozilla/5.0 (Linux; Android 14; Pixel 8${inside}) AppleWebKit/537.36 (KHTML, like Gecko) ${rest}`;

test("each browser has its own way to the home screen, and some have none", () => {
  for (const [name, userAgent, platform, want] of [
    ["Safari", ios("Version/18.5 Mobile/15E148 Safari/604.1"), "ios", /Share/],
    ["Chrome on iOS", ios("CriOS/140.0 Mobile/15E148 Safari/604.1"), "ios", /Share/],
    ["Firefox on iOS", ios("FxiOS/140.0 Mobile/15E148 Safari/605.1.15"), "ios", /Share/],
    ["an app on iOS", ios("Mobile/15E148"), "ios", null],
    ["Instagram on iOS", ios("Mobile/15E148 Instagram 300.0 Safari/604.1"), "ios", null],
    ["Google's app on iOS", ios("GSA/300.0 Mobile/15E148 Safari/604.1"), "ios", null],
    ["WeChat on iOS", ios("Mobile/15E148 MicroMessenger/8.0.50 Safari/604.1"), "ios", null],
    ["Chrome", android("Chrome/140.0.0.0 Mobile Safari/537.36"), "android", /⋮.*“Add to Home screen”\./],
    ["Samsung Internet", android("SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"), "android", /“Add page to”/],
    ["Edge", android("Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0"), "android", /“Add to phone”/],
    ["Firefox", "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "android", /“More”/],
    ["a WebView", android("Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36", "; wv"), "android", null],
    ["WeChat", android("Version/4.0 Chrome/120.0 Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0.50"), "android", null],
    ["Huawei's", android("Chrome/114.0 HuaweiBrowser/15.0 Mobile Safari/537.36"), "android", null],
    ["Chrome on a desk", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "linux", null],
    ["Safari on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "mac", null],
  ]) {
    const way = stepsFor({ userAgent, platform, standalone: false });
    if (want) assert.match(way.steps.join(" "), want, name);
    else assert.equal(way, null, name);
    if (way) assert.deepEqual([way.apart, way.steps.length], [platform === "ios", 3], name);
    assert.equal(stepsFor({ userAgent, platform, standalone: true }), null, `${name}, opened by the icon`);
  }
});

test("an icon's address has its hand-over, and nothing else is one", () => {
  const code = "yVbq0GrUkwUeTSMBmCIPCg";
  for (const [fragment, want] of [
    [`#h=${code}`, code], [`#c=7KQ2M9XF&h=${code}`, code], ["", ""], ["#c=7KQ2M9XF", ""], [`#h=${code}x`, ""], ["#h=../../etc/passwd", ""], [`#x=${code}`, ""],
  ]) assert.equal(handoverFromFragment(fragment), want, fragment);
});
