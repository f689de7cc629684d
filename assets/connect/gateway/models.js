// Which models can chat, and what they are called on the screen. No DOM in here.

const DEMO = "modelbeam-demo"; // the model that is built into Modelbeam

// Parts of the names of models that make vectors, scores or speech.
const NOT_CHAT = /(^|[-_/.:])(embed\w*|bge|e5|gte|minilm|reranker?|whisper|tts|kokoro)($|[-_/.:@\d])/i;

/**
 * chatModels makes the list for the picker, {id, label, capabilities}, in the gateway's order, out of
 * the gateway's models. What a server says a model can do counts more than its name. If nothing looks
 * like a chat model, the names are misleading, and all models are kept.
 */
export function chatModels(models) {
  const chat = models.filter(chats);
  const kept = chat.length > 0 ? chat : models;
  const labels = kept.map((model) => label(model.id));
  return kept.map((model, i) => ({ ...model, label: labels.indexOf(labels[i]) === labels.lastIndexOf(labels[i]) ? labels[i] : model.id }));
}

/** isDemo reports whether the id is the built-in demo, also when it is listed as id@server. */
export function isDemo(id) {
  return id === DEMO || id.startsWith(`${DEMO}@`);
}

function chats({ id, capabilities }) {
  return capabilities ? !capabilities.includes("embedding") : !NOT_CHAT.test(id);
}

// label shortens "hf.co/unsloth/Qwen3-8B-GGUF:latest@ollama-2" to "Qwen3-8B-GGUF · ollama-2".
function label(id) {
  if (isDemo(id)) return "Demo";
  const [, model, server] = /^(.+?)(?:@([^@/]+))?$/.exec(id);
  const name = model.replace(/:latest$/, "").replace(/^.*\/(?=.)/, "");
  return server ? `${name} · ${server}` : name;
}
