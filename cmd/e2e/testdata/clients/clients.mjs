// What a chat page does with the client libraries: it lists the models, where the library can,
// and asks one of them, until 50 pieces of the answer have come. Each function returns
// {models, pieces, error: {name, status, message}}, so that the test sees what the page's
// author would.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { streamText } from "ai";
import { Ollama } from "ollama/browser";
import OpenAI from "openai";

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

async function anthropic(base, key, model) {
  const client = new Anthropic({ baseURL: base, apiKey: key, dangerouslyAllowBrowser: true, maxRetries: 0 });
  return attempt(async (result) => {
    for await (const m of client.models.list()) result.models.push(m.id);
    const stream = await client.messages.create({ model, messages: question, max_tokens: 1000, stream: true });
    for await (const event of stream) {
      if (enough(result, event.delta?.text)) break;
    }
  });
}

// The AI SDK has no call that lists models.
async function aisdk(base, key, model) {
  const provider = createOpenAICompatible({ name: "laptop", baseURL: base + "/v1", apiKey: key });
  return attempt(async (result) => {
    const enoughOfIt = new AbortController();
    const answer = streamText({
      model: provider(model), messages: question, maxRetries: 0, abortSignal: enoughOfIt.signal, onError() {},
    });
    for await (const part of answer.stream) {
      if (part.type === "error") throw part.error;
      if (part.type === "text-delta" && enough(result, part.text)) break;
    }
    enoughOfIt.abort();
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
    const status = e.status ?? e.status_code ?? e.statusCode ?? 0;
    result.error = { name: e.constructor.name, status, message: e.message };
  }
  return result;
}

window.clients = { openai, ollama, anthropic, aisdk };
