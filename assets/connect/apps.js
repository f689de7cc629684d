// The apps that can take the connection over: one row for each. No DOM in here.
import { t } from "./text.js";

// A row offers one of
//   link(c)  a link that opens the app with everything filled in,
//   text(c)  a text to copy that the app imports whole,
//   fields   the address to copy, and the key unless the app has no field for one.
// c is {base, id, name, key, models}: base is http://<ip>:<port> without a slash, models are
// {id, label}. What each app reads is in its source or its maker's documentation.
const APPS = [
  {
    // https://docs.chatboxai.app/guides/providers/import-config. The same id overwrites, so a
    // second tap after the laptop's address changed repairs the connection.
    name: "Chatbox", platforms: ["ios", "android", "desktop"],
    steps: t("Open Chatbox once first, then tap. In Chatbox, tap Save."),
    link: (c) => `chatbox://provider/import?config=${packed({
      isCustom: true, id: `modelbeam-${c.id}`, name: c.name, type: "openai",
      settings: {
        apiHost: `${c.base}/v1`, apiKey: c.key,
        models: c.models.map((m) => ({ modelId: m.id, nickname: m.label, type: "chat" })),
      },
    })}`,
  },
  {
    name: "PocketPal", platforms: ["ios", "android"],
    steps: t("In PocketPal, add a remote server with this address and key."),
    fields: { address: (c) => c.base },
  },
  {
    // It reads only type, name, apiKey and baseUrl, and fetches the models itself.
    name: "Kelivo", platforms: ["ios", "android", "desktop"],
    steps: t("Copy this, then in Kelivo: Settings, Providers, Import, and paste."),
    text: (c) => `ai-provider:v1:${base64({ type: "openai", name: c.name, apiKey: c.key, baseUrl: `${c.base}/v1` })}`,
  },
  {
    // Imports by its own scanner only, so on the same phone the fields are the way.
    name: "RikkaHub", platforms: ["android"],
    steps: t("In RikkaHub, add an OpenAI provider with this address and key."),
    fields: { address: (c) => `${c.base}/v1` },
  },
  {
    name: "OpenCat", platforms: ["ios"],
    steps: t("Open OpenCat once first, then tap."),
    link: (c) => `opencat://team/join?domain=${encodeURIComponent(c.base)}&token=${encodeURIComponent(c.key)}`,
  },
  {
    name: "BotGem", platforms: ["ios", "android", "desktop"],
    steps: t("Open BotGem once first, then tap."),
    link: (c) => `ama://set-api-key?server=${encodeURIComponent(c.base)}&key=${encodeURIComponent(c.key)}`,
  },
  {
    name: "Off Grid", platforms: ["ios", "android"],
    steps: t("In Off Grid, add a remote server with this address and key."),
    fields: { address: (c) => c.base },
  },
  {
    name: "Conduit", platforms: ["ios", "android"],
    steps: t("In Conduit, add a direct OpenAI-compatible connection."),
    fields: { address: (c) => `${c.base}/v1` },
  },
  {
    name: "Maid", platforms: ["android", "ios"],
    steps: t("In Maid, choose OpenAI and enter this address and key."),
    fields: { address: (c) => `${c.base}/v1` },
  },
  {
    // Speaks Ollama's dialect and sends the key as a bearer token.
    name: "Enchanted", platforms: ["ios"],
    steps: t("In Enchanted, enter the address as the Ollama server and the key as the bearer token."),
    fields: { address: (c) => c.base },
  },
  {
    name: "Reins", platforms: ["ios", "android", "desktop"],
    steps: t("In Reins, enter this address as the Ollama server. The key is in it."),
    fields: { address: keyless, keyless: true },
  },
  {
    name: "Cherry Studio", platforms: ["desktop"],
    steps: t("Cherry Studio asks before it adds the connection."),
    link: (c) => `cherrystudio://providers/api-keys?v=1&data=${packed({
      id: `modelbeam-${c.id}`, name: c.name, type: "openai", baseUrl: c.base, apiKey: c.key,
    })}`,
  },
  {
    name: "DeepChat", platforms: ["desktop"],
    steps: t("DeepChat asks before it adds the connection."),
    link: (c) => `deepchat://provider/install?v=1&data=${packed({
      name: c.name, type: "openai-completions", baseUrl: `${c.base}/v1`, apiKey: c.key,
    })}`,
  },
  {
    name: "AionUI", platforms: ["desktop"],
    steps: t("AionUI asks before it adds the connection."),
    link: (c) => `aionui://provider/add?v=1&data=${packed({
      platform: "custom", name: c.name, baseUrl: `${c.base}/v1`, apiKey: c.key,
    })}`,
  },
];

/** appsFor splits the table into {first, more}: what this platform can run, and the rest. */
export function appsFor(platform) {
  return {
    first: APPS.filter((app) => app.platforms.includes(platform)),
    more: APPS.filter((app) => !app.platforms.includes(platform)),
  };
}

// keyless is the address for apps that have no field for a key.
function keyless(c) {
  return `${c.base}/t/${c.key}`;
}

function packed(config) {
  return encodeURIComponent(base64(config));
}

// base64 of the UTF-8 bytes, with padding: btoa alone fails on a name like "书房".
function base64(value) {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
}
