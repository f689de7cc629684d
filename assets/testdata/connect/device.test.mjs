import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceName, hintsOf, platform } from "../../connect/pairing/device.js";

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
  [`Mozilla/5.0 (Linux; Android 14; 23127PN0CC Build/UKQ1) ${BLINK} Version/4.0 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0`, 5, "Xiaomi · WeChat", "android"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${WEBKIT} Mobile/15E148 MicroMessenger/8.0.50(0x1800323d) NetType/WIFI Language/zh_CN`, 5, "iPhone · WeChat", "ios"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${WEBKIT} FxiOS/131.0 Mobile/15E148 Safari/605.1.15`, 5, "iPhone · Firefox", "ios"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) ${WEBKIT} Version/17.0 EdgiOS/129.0.2792.84 Mobile/15E148 Safari/604.1`, 5, "iPhone · Edge", "ios"],
  [`Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) ${WEBKIT} CriOS/130.0.6723.37 Mobile/15E148 Safari/604.1`, 5, "iPad · Chrome", "ios"],
  [`Mozilla/5.0 (Linux; Android 13; SM-S918B) ${BLINK} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36`, 5, "Samsung · Samsung Internet", "android"],
  [`Mozilla/5.0 (Linux; Android 13; SM-X700) ${BLINK} SamsungBrowser/23.0 Chrome/115.0.0.0 Safari/537.36`, 5, "Samsung tablet · Samsung Internet", "android"],
  [`Mozilla/5.0 (Linux; U; Android 14; zh-cn; 22041211AC Build/UP1A.231005.007) ${BLINK} Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.5`, 5, "Xiaomi · Mi Browser", "android"],
  [`Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00; HMSCore 6.13.0.302) ${BLINK} Chrome/99.0.4844.88 HuaweiBrowser/14.0.5.303 Mobile Safari/537.36`, 5, "Huawei phone · Huawei Browser", "android"],
  [`Mozilla/5.0 (Phone; OpenHarmony 5.0) ${BLINK} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.1.3.300`, 5, "Huawei phone · Huawei Browser", "android"],
  [`Mozilla/5.0 (Tablet; OpenHarmony 5.0) ${BLINK} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1`, 5, "Huawei tablet · ArkWeb", "android"],
  [`Mozilla/5.0 (Linux; Android 12; VOG-L29) ${BLINK} Chrome/109.0.5414.86 Mobile Safari/537.36`, 5, "Huawei phone · Chrome", "android"],
  [`Mozilla/5.0 (Linux; Android 14; moto g84 5G Build/U1TCS34) ${BLINK} Chrome/100.0 Mobile Safari/537.36`, 5, "moto g84 5G · Chrome", "android"],
  [`Mozilla/5.0 (Linux; Android 13; CPH2449) ${BLINK} Chrome/107.0.0.0 Mobile Safari/537.36 OPR/72.0`, 5, "OPPO · Opera", "android"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Chrome/129.0.0.0 Mobile Safari/537.36 EdgA/129.0.0.0`, 5, "Android · Edge", "android"],
  ["Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", 5, "Android · Firefox", "android"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0`, 10, "Windows · Edge", "windows"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0`, 0, "Windows · Firefox", "windows"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${BLINK} Chrome/130.0.0.0 Safari/537.36`, 0, "Mac · Chrome", "mac"],
  [`Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0`, 0, "Linux · Firefox", "linux"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/130.0.0.0 Safari/537.36`, 0, "Chromebook · Chrome", "linux"],
  ["curl/8.5.0", 0, "", "linux"],
];

test("a device gets a name that a person recognises", () => {
  for (const [agent, touch, name, system] of AGENTS) {
    assert.equal(deviceName(agent, touch), name, agent);
    assert.equal(platform(agent, touch), system, agent);
  }
});

test("a browser that tells its model is believed", async () => {
  const [chrome] = AGENTS.find(([agent]) => agent.includes("; K)"));
  for (const [model, want] of [["Pixel 8", "Pixel 8 · Chrome"], ["SM-S918B", "Samsung · Chrome"], ["", "Android · Chrome"]]) {
    const hints = await hintsOf({ userAgentData: { getHighEntropyValues: async (names) => ({ [names[0]]: model }) } });
    assert.equal(deviceName(chrome, 5, hints), want);
  }
  assert.equal(deviceName(chrome, 5, await hintsOf({})), "Android · Chrome"); // a page that is not secure
  const refused = { userAgentData: { getHighEntropyValues: () => Promise.reject(new Error("not allowed")) } };
  assert.deepEqual(await hintsOf(refused), {});
});
