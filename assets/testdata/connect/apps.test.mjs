import assert from "node:assert/strict";
import { test } from "node:test";
import { appsFor } from "../../connect/apps.js";

const CONNECTION = {
  base: "http://192.168.1.20:8717", id: "q7x", name: "书房的 MacBook", key: "mb_0123456789abcdef_-ABCD",
  models: [{ id: "qwen3:8b", label: "qwen3:8b" }, { id: "qwen3:8b@lmstudio", label: "qwen3:8b · lmstudio" }],
};
const ALL = Object.values(appsFor("ios")).flat();
const named = (name) => ALL.find((app) => app.name === name);
const decoded = (text) => JSON.parse(Buffer.from(text, "base64").toString("utf8"));
const parameter = (link, name) => new URL(link).searchParams.get(name);

test("Chatbox gets a whole provider, models included", () => {
  const link = named("Chatbox").link(CONNECTION);
  assert.match(link, /^chatbox:\/\/provider\/import\?config=[\w%]+$/);
  assert.deepEqual(decoded(parameter(link, "config")), {
    isCustom: true, id: "modelbeam-q7x", name: "书房的 MacBook", type: "openai",
    settings: {
      apiHost: "http://192.168.1.20:8717/v1", apiKey: CONNECTION.key,
      models: [
        { modelId: "qwen3:8b", nickname: "qwen3:8b", type: "chat" },
        { modelId: "qwen3:8b@lmstudio", nickname: "qwen3:8b · lmstudio", type: "chat" },
      ],
    },
  });
});

test("Kelivo gets its text, padded", () => {
  const text = named("Kelivo").text(CONNECTION);
  assert.ok(text.startsWith("ai-provider:v1:"));
  assert.equal(text.slice("ai-provider:v1:".length).length % 4, 0);
  assert.deepEqual(decoded(text.slice("ai-provider:v1:".length)),
    { type: "openai", name: "书房的 MacBook", apiKey: CONNECTION.key, baseUrl: "http://192.168.1.20:8717/v1" });
});

test("links carry the address and the key", () => {
  assert.equal(named("OpenCat").link(CONNECTION), `opencat://team/join?domain=http%3A%2F%2F192.168.1.20%3A8717&token=${CONNECTION.key}`);
  assert.equal(named("BotGem").link(CONNECTION), `ama://set-api-key?server=http%3A%2F%2F192.168.1.20%3A8717&key=${CONNECTION.key}`);
  for (const [name, prefix, base] of [
    ["Cherry Studio", "cherrystudio://providers/api-keys?v=1&data=", CONNECTION.base],
    ["DeepChat", "deepchat://provider/install?v=1&data=", `${CONNECTION.base}/v1`],
    ["AionUI", "aionui://provider/add?v=1&data=", `${CONNECTION.base}/v1`],
  ]) {
    const link = named(name).link(CONNECTION);
    assert.ok(link.startsWith(prefix), link);
    const config = decoded(parameter(link, "data"));
    assert.equal(config.baseUrl, base);
    assert.equal(config.apiKey, CONNECTION.key);
  }
});

test("every app says how, for a platform that we know, in exactly one way", () => {
  for (const app of ALL) {
    assert.equal([app.link, app.text, app.fields].filter(Boolean).length, 1, app.name);
    assert.ok(app.steps && app.platforms.length > 0, app.name);
    assert.ok(app.platforms.every((p) => ["ios", "android", "desktop"].includes(p)), app.name);
  }
  assert.equal(named("Reins").fields.address(CONNECTION), `${CONNECTION.base}/t/${CONNECTION.key}`);
});

test("Chatbox comes first everywhere, and no app is lost", () => {
  for (const platform of ["ios", "android", "desktop"]) {
    const { first, more } = appsFor(platform);
    assert.equal(first[0].name, "Chatbox");
    assert.equal(first.length + more.length, ALL.length);
    assert.ok(first.every((app) => app.platforms.includes(platform)));
  }
});
