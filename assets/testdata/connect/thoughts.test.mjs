import assert from "node:assert/strict";
import { test } from "node:test";
import { extend, forModel, hasPhotos, photosOf, question, textOf } from "../../connect/conversation/messages.js";
import { Thoughts } from "../../connect/conversation/thoughts.js";

function read(pieces) {
  const thoughts = new Thoughts();
  const message = { content: "" };
  for (const piece of pieces) extend(message, thoughts.add(piece));
  extend(message, thoughts.end());
  return [message.thoughts ?? "", message.content];
}

test("thoughts are told from the answer wherever it was cut", () => {
  for (const [text, ...want] of [
    ["<think>a b</think>\n\nHello", "a b", "Hello"],
    ["\n <think>\na</think>Hi", "\na", "Hi"],
    ["<think></think>\n\nHi", "", "Hi"],
    ["<think>no end", "no end", ""],
    ["so <think>no</think>", "", "so <think>no</think>"],
    ["hm\n\nhm\n</think>\n\nHi\n</think>\nyou", "hm\n\nhm", "Hi\n</think>\nyou"],
    ["the mark </think> ends it", "", "the mark </think> ends it"],
    ["<table>", "", "<table>"], ["<th", "", "<th"], ["", "", ""], ["a\n", "", "a\n"], ["a\n</thi", "", "a\n</thi"],
  ]) {
    for (let size = 1; size <= text.length; size++) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")).map((content) => ({ content }));
      assert.deepEqual(read(pieces), want, `${JSON.stringify(text)} in pieces of ${size}`);
    }
  }
});

test("a mark within code is part of the code", () => {
  const text = "```\n</think>\n```";
  assert.deepEqual(read([{ content: text }]), ["", text]);
  assert.deepEqual(read([{ content: "```" }, { content: "\n</think>\n" }, { content: "```" }]), ["", text]);
});

test("thoughts that come apart stay apart", () => {
  assert.deepEqual(read([{ content: "", thinking: "a" }, { content: "", thinking: "b" }, { content: "c" }]), ["ab", "c"]);
});

const PHOTO = "data:image/jpeg;base64,AA==";

test("a question with photos has the parts that servers expect", () => {
  assert.deepEqual(question("Hi", []), { role: "user", content: "Hi" });
  assert.deepEqual(question("Hi", [PHOTO]), { role: "user", content: [{ type: "text", text: "Hi" }, { type: "image_url", image_url: { url: PHOTO } }] });
  assert.deepEqual(question("", [PHOTO]).content.map((part) => part.type), ["image_url"]);
  assert.deepEqual([textOf(question("Hi", [PHOTO])), photosOf(question("Hi", [PHOTO]))], ["Hi", [PHOTO]]);
});

test("a model that cannot see gets the words alone", () => {
  const messages = [question("Hi", [PHOTO]), { role: "assistant", content: "Yes", thoughts: "hm", notes: [{ of: "length" }], model: "m" }, question("", [PHOTO]), { role: "assistant", content: "", notes: [{ of: "stopped" }] }, question("And?", [])];
  assert.ok(hasPhotos(messages) && !hasPhotos(messages.slice(4)));
  const blind = forModel(messages, false, "Photo");
  assert.deepEqual(blind, [
    { role: "user", content: "Hi" }, { role: "assistant", content: "Yes" }, { role: "user", content: "Photo" }, { role: "user", content: "And?" },
  ]);
  assert.deepEqual(forModel(messages, true, "Photo").map((message) => message.content), [messages[0].content, "Yes", messages[2].content, "And?"]);
});
