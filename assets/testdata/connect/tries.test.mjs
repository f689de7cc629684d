import assert from "node:assert/strict";
import { test } from "node:test";
import { hintOf } from "../../connect/apps/hints.js";
import { lostAdvice, triesWords } from "../../connect/words/tries.js";

const one = { url: "http://192.168.1.20:8717", outcome: "mute", ms: 5000 };

test("what came of each address has words", () => {
  assert.deepEqual(triesWords([
    one, { ...one, outcome: "answered", ms: 12 }, { ...one, outcome: "stranger" }, { ...one, outcome: "broken" },
    { url: "http://modelbeam-1a2b.local:8717", outcome: "broken" }, { url: "http://modelbeam-1a2b.local", outcome: "mute" }, { ...one, url: "http://[fd00::20]:8717" },
  ]), [
    { host: "192.168.1.20", state: "idle", said: "no answer" }, { host: "192.168.1.20", state: "passed", said: "12 ms" },
    { host: "192.168.1.20", state: "idle", said: "something else answers" }, { host: "192.168.1.20", state: "idle", said: "cannot be reached" },
    { host: "modelbeam-1a2b.local", state: "idle", said: "name not found" }, { host: "modelbeam-1a2b.local", state: "idle", said: "no answer" },
    { host: "[fd00::20]", state: "idle", said: "no answer" },
  ]);
});

test("what this phone knows of itself comes before all else", () => {
  for (const [known, want] of [
    [{ tries: [one, one, one], online: false, network: "cellular" }, /has no network/],
    [{ tries: [one, one, one], online: true, network: "cellular" }, /mobile data/],
    [{ tries: [one, one, one], online: true, network: "wifi" }, /none of its 3 addresses/],
    [{ tries: [one, one], online: true, network: "" }, /none of its 2 addresses/],
    [{ tries: [one], online: true, network: "" }, /^$/], [{ tries: [], online: true, network: "" }, /^$/],
  ]) assert.match(lostAdvice(known), want);
});

test("who passed every test is told of what no test can try", () => {
  assert.match(hintOf("Mozilla/5.0 Chrome/126.0 Mobile Safari/537.36"), /asks to look for devices/);
  assert.match(hintOf("Mozilla/5.0 (iPhone) AppleWebKit/605 Safari/604.1"), /begins with https/);
});
