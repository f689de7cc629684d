// What an app does that is built on the ollama package, as one JSON object.
// node ollama.mjs <the package's file> <address> <model> <embedding model>
const [file, host, model, embedder] = process.argv.slice(2);
const { Ollama } = await import(file);
const ollama = new Ollama({ host });

const said = { pieces: [], thinking: "", calls: [] };
const question = { role: "user", content: "what is this?", images: [new Uint8Array([0xff, 0xd8, 0xff, 0xe0])] };
const tools = [{ type: "function", function: { name: "weather", description: "", parameters: { type: "object", properties: {} } } }];
for await (const part of await ollama.chat({ model, messages: [question], tools, think: "low", options: { temperature: 0, num_predict: 5 }, stream: true })) {
  said.pieces.push(part.message.content);
  said.thinking += part.message.thinking ?? "";
  said.calls.push(...(part.message.tool_calls ?? []));
  if (part.done) said.last = part;
}

const history = [question, { role: "assistant", content: "", tool_calls: said.calls }, { role: "tool", tool_name: "weather", content: "sun" }];
const failure = async (request) => {
  try {
    await request;
    return null;
  } catch (error) {
    return { name: error.name, status: error.status_code, message: error.message };
  }
};

console.log(JSON.stringify({
  models: (await ollama.list()).models.map((m) => m.name),
  said,
  answer: await ollama.chat({ model, messages: history, format: "json" }),
  generated: await ollama.generate({ model, prompt: "hi" }),
  shown: (await ollama.show({ model })).capabilities,
  vectors: (await ollama.embed({ model: embedder, input: ["a", "b"] })).embeddings,
  vector: (await ollama.embeddings({ model: embedder, prompt: "a" })).embedding,
  running: (await ollama.ps()).models.map((m) => m.name),
  refused: await failure(ollama.chat({ model, messages: [{ role: "user", content: "refuse" }] })),
  unknown: await failure(ollama.chat({ model: "nowhere", messages: [{ role: "user", content: "hi" }], stream: true })),
}));
