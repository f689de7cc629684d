// Which models can chat, and how they are called on the screen. No DOM in here.

const DEMO = "modelbeam-demo"; // the model that is built into Modelbeam

// Parts of the names of models that make vectors, scores or speech.
const NOT_CHAT = /(^|[-_/.:])(embed\w*|bge|e5|gte|minilm|reranker?|whisper|tts|kokoro)($|[-_/.:@\d])/i;

/**
 * chatModels makes the list for the picker, {id, label}, in the gateway's order. When no name
 * looks like a chat model the names mislead us, and all of them are kept.
 */
export function chatModels(ids) {
  const chat = ids.filter((id) => !NOT_CHAT.test(id));
  const kept = chat.length > 0 ? chat : ids;
  const labels = kept.map(label);
  return kept.map((id, i) => ({ id, label: labels.indexOf(labels[i]) === labels.lastIndexOf(labels[i]) ? labels[i] : id }));
}

/** isDemo reports whether the id is the built-in demo, also when it is listed as id@server. */
export function isDemo(id) {
  return id === DEMO || id.startsWith(`${DEMO}@`);
}

// label shortens "hf.co/unsloth/Qwen3-8B-GGUF:latest@ollama-2" to "Qwen3-8B-GGUF · ollama-2".
function label(id) {
  if (isDemo(id)) return "Demo";
  const [, model, server] = /^(.+?)(?:@([^@/]+))?$/.exec(id);
  const name = model.replace(/:latest$/, "").replace(/^.*\/(?=.)/, "");
  return server ? `${name} · ${server}` : name;
}
