import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { guestWords, isUsedUp, untilEnd } from "../../connect/pairing/guest.js";
import { chatModels, isDemo } from "../../connect/gateway/models.js";
import { problemOf } from "../../connect/words/problems.js";
import { chooseLanguage } from "../../connect/words/language.js";
import { t } from "../../connect/words/text.js";

test("the first language that we speak wins", () => {
  for (const [preferred, want] of [
    [["zh-CN", "en"], "zh"], [["ZH"], "zh"], [["zh-SG"], "zh"], [["zh-Hans-HK"], "zh"],
    [["zh-TW"], "zh-Hant"], [["zh-HK"], "zh-Hant"], [["zh-MO"], "zh-Hant"], [["zh-Hant-CN"], "zh-Hant"], [["yue-HK"], "zh-Hant"], [["zh_TW"], "zh-Hant"],
    [["pt"], "pt-BR"], [["pt-PT"], "pt-BR"], [["iw"], "he"], [["he-IL"], "he"], [["ar-EG"], "ar"], [["de-AT"], "de"], [["es-419"], "es"], [["fr-CA"], "fr"],
    [["uk", "ru", "en"], "ru"], [["en-GB", "zh"], "en"], [["pl"], "en"], [["enm"], "en"], [[], "en"], [[""], "en"], [["constructor"], "en"],
  ]) assert.equal(chooseLanguage(preferred), want, String(preferred));
});

// withBrowser runs act with a page that holds these words, and with answers to what is asked for besides.
async function withBrowser({ inPage, answers }, act) {
  globalThis.document = { getElementById: (id) => (id === "words" && inPage ? { dataset: { language: inPage.language }, textContent: JSON.stringify(inPage.words) } : null) };
  globalThis.XMLHttpRequest = class {
    open(method, path) { this.path = path; }
    send() { Object.assign(this, answers(this.path)); }
  };
  try {
    await act();
  } finally {
    delete globalThis.document;
    delete globalThis.XMLHttpRequest;
  }
}

const failing = () => { throw new TypeError("failed to load"); };

test("words come with the page", async () => {
  await withBrowser({ inPage: { language: "en", words: { Connect: "Join" } }, answers: failing }, async () => {
    const { t } = await import("../../connect/words/text.js?inside");
    assert.equal(t("Connect"), "Join");
  });
});

test("words in another language than the page's are asked for", async () => {
  let asked;
  const answers = (path) => {
    asked = path;
    return { status: 200, responseText: `{"Connect":"Join"}` };
  };
  await withBrowser({ inPage: { language: "zh", words: { Connect: "连接" } }, answers }, async () => {
    const { t } = await import("../../connect/words/text.js?other");
    assert.deepEqual([t("Connect"), asked], ["Join", "/translations/en.json"]);
  });
});

test("words that cannot be had stay English", async () => {
  let tries = 0;
  for (const [name, answers, want] of [
    ["missing", () => ({ status: 404, responseText: `{"Connect":"nowhere"}` }), "Connect"],
    ["broken", () => ({ status: 200, responseText: "<html>" }), "Connect"],
    ["unreachable", failing, "Connect"],
    ["late", () => (++tries === 1 ? failing() : { status: 200, responseText: `{"Connect":"连接"}` }), "连接"],
  ]) {
    await withBrowser({ answers }, async () => {
      const { t } = await import(`../../connect/words/text.js?${name}`);
      assert.equal(t("Connect"), want, name);
    });
  }
});

test("places in a text are filled, unknown ones stay", () => {
  assert.equal(t("Open in {app}", { app: "A {name} $& B" }), "Open in A {name} $& B");
  assert.equal(t("Wait {seconds} s", { seconds: 0 }), "Wait 0 s");
  assert.equal(t("{other}"), "{other}");
});

test("models that cannot chat are left out, and names are short", () => {
  const ids = (...names) => names.map((id) => ({ id }));
  assert.deepEqual(chatModels(ids(
    "qwen3:8b", "llama3.2:latest", "gemma3:4b@lmstudio", "nomic-embed-text:latest", "bge-m3", "text-embedding-3-small",
    "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", "a/same", "b/same", "modelbeam-demo", "whisper-1", "command-r", "embers:7b",
  )).map((m) => m.label), [
    "qwen3:8b", "llama3.2", "gemma3:4b · lmstudio", "Qwen3-8B-GGUF:Q4_K_M", "a/same", "b/same", "Demo", "command-r",
  ].concat("embers:7b"));
  assert.deepEqual(chatModels(ids("all-minilm")).map((m) => m.id), ["all-minilm"]);
  assert.ok(isDemo("modelbeam-demo@demo") && !isDemo("modelbeam-demonstration"));
});

test("what a server tells of a model counts more than its name", () => {
  assert.deepEqual(chatModels([
    { id: "e5-the-chatter", capabilities: ["vision"] }, { id: "plain", capabilities: [] },
    { id: "numbers", capabilities: ["embedding"] }, { id: "unknown" },
  ]), [
    { id: "e5-the-chatter", label: "e5-the-chatter", capabilities: ["vision"] },
    { id: "plain", label: "plain", capabilities: [] }, { id: "unknown", label: "unknown" },
  ]);
});

test("a guest is told what is left of the pass", () => {
  const now = new Date(2026, 10, 21, 20, 15);
  const until = new Date(2026, 10, 21, 23, 59).toISOString();
  for (const [guest, want] of [
    [undefined, ""], [{}, "Guest"], [{ until }, "Guest until 23:59"],
    [{ until, requests: 20, left: 7 }, "Guest until 23:59 · 7 of 20 left"], [{ requests: 20 }, "Guest · 0 of 20 left"],
    [{ until: new Date(2026, 10, 22, 0, 5).toISOString() }, "Guest until Sun 00:05"],
  ]) assert.equal(guestWords(guest, now), want);
  assert.ok(isUsedUp({ requests: 3, left: 0 }) && !isUsedUp({ requests: 3, left: 1 }) && !isUsedUp({}) && !isUsedUp(undefined));
  assert.equal(untilEnd({ until }, Date.parse(until) - 5000), 5000);
  assert.equal(untilEnd({ until }, Date.parse(until) + 5000), 0);
  assert.equal(untilEnd(undefined), Infinity);
});

test("the gateway's codes have words, other errors keep their own", () => {
  assert.equal(problemOf({ code: "code_used" }).kind, "pair");
  assert.deepEqual(problemOf({ code: "invalid_api_key" }).title, problemOf({ code: "removed" }).title);
  const foreign = problemOf({ code: "", message: "model requires more system memory", status: 500 });
  assert.equal(foreign.advice, "model requires more system memory");
  assert.equal(problemOf({ code: "toString", message: "x" }).advice, "x");
});

// speaking loads the page's words anew, as in a browser of that language.
async function speaking(tag) {
  const { navigator } = globalThis;
  const answers = (path) => ({ status: 200, responseText: readFileSync(new URL(`../../translations/page/${path.split("/").pop()}`, import.meta.url), "utf8") });
  try {
    Object.defineProperty(globalThis, "navigator", { value: { languages: [tag] }, configurable: true });
    const language = await import(`../../connect/words/language.js?${tag}`);
    const text = readFileSync(new URL("../../connect/words/text.js", import.meta.url), "utf8");
    const beside = text.replace("./language.js", new URL(`../../connect/words/language.js?${tag}`, import.meta.url));
    let page;
    await withBrowser({ answers }, async () => { page = { ...language, ...await import(`data:text/javascript,${encodeURIComponent(beside)}`) }; });
    return page;
  } finally {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
}

test("numbers, plurals and times are those of the language", async () => {
  const noon = new Date(2026, 10, 21, 12, 5);
  const hour = { hour: "2-digit", minute: "2-digit" };
  for (const [tag, number, time] of [
    ["en", "12,345.7", "12:05"], ["de-CH", "12.345,7", "12:05"], ["ru", "12\u00a0345,7", "12:05"], ["ar-EG", "12,345.7", "12:05"], ["zh-TW", "12,345.7", "12:05"],
  ]) {
    const page = await speaking(tag);
    assert.equal(page.number(12345.67, 1), number, tag);
    assert.equal(page.moment(noon, hour), time, tag);
  }
  const { category } = await speaking("ru");
  assert.deepEqual([1, 3, 5, 11, 21].map(category), ["one", "few", "many", "many", "one"]);
  const key = "It answers at none of its {count} addresses. Is this phone on the same Wi-Fi as before? If so, wake the laptop up, or scan the code there again.";
  const { t } = await speaking("ru");
  assert.match(t(key, { count: 21 }), /21 адреса/);
  assert.match(t(key, { count: 3 }), /3 адресов/);
});
