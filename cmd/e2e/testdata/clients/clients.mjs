// What a chat page does with the two client libraries: it lists the models and asks one of
// them, until 50 pieces of the answer have come. Each function returns
// {models, pieces, error: {name, status, message}}, so that the test sees what the page's
// author would.
import OpenAI from "openai";
import { Ollama } from "ollama/browser";

const question = [{ role: "user", content: "Tell me something." }];

async function openai(base, key, model) {
  const client = new OpenAI({ baseURL: base + "/v1", apiKey: key, dangerouslyAllowBrowser: true, maxRetries: 0 });
  return attempt(async (result) => {
    for await (const m of client.models.list()) result.models.push(m.id);
    const stream = await client.chat.completions.create({ model, messages: question, stream: true });
    for await (const chunk of stream) {
      if (enough(result, chunk.choices[0]?.delta?.content)) break;
    }
  });
}

async function ollama(base, key, model) {
  const headers = key ? { Authorization: "Bearer " + key } : {};
  const client = new Ollama({ host: base, headers });
  return attempt(async (result) => {
    for (const m of (await client.list()).models) result.models.push(m.name);
    for await (const part of await client.chat({ model, messages: question, stream: true })) {
      if (enough(result, part.message.content)) break;
    }
    client.abort();
  });
}

function enough(result, text) {
  if (text) result.pieces.push(text);
  return result.pieces.length === 50;
}

async function attempt(work) {
  const result = { models: [], pieces: [], error: null };
  try {
    await work(result);
  } catch (e) {
    result.error = { name: e.constructor.name, status: e.status ?? e.status_code ?? 0, message: e.message };
  }
  return result;
}

window.clients = { openai, ollama };
