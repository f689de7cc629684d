import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as history from "../../connect/history/history.js";
import { Memory } from "../../connect/history/shelf.js";

const chat = (id, changed, more = {}) => ({ id, model: "m", changed, messages: [{ role: "user", content: `Question ${id}` }], ...more });
const ids = async () => (await history.list()).map((head) => head.id);

// Small has room for a few bytes.
class Small extends Memory {
  #room;

  constructor(room) {
    super();
    this.#room = room;
  }

  async put(saved) {
    let size = JSON.stringify(saved).length;
    for (const { id } of await this.heads()) if (id !== saved.id) size += JSON.stringify(await this.get(id)).length;
    if (size > this.#room) throw new DOMException("full", "QuotaExceededError");
    return super.put(saved);
  }
}

beforeEach(() => history.useShelf(new Memory()));

test("chats come back whole, the newest first", async () => {
  await history.save(chat("a", 1));
  await history.save(chat("b", 3, { title: "Mine" }));
  await history.save(chat("c", 2));
  assert.deepEqual(await history.list(), [
    { id: "b", title: "Mine", changed: 3, model: "m" }, { id: "c", title: "Question c", changed: 2, model: "m" },
    { id: "a", title: "Question a", changed: 1, model: "m" },
  ]);
  assert.deepEqual(await history.load("b"), chat("b", 3, { title: "Mine" }));
  await history.save(chat("a", 9));
  assert.deepEqual(await ids(), ["a", "b", "c"]);
  assert.equal(await history.load("nobody"), null);
});

test("what is loaded is not changed by what is done with it", async () => {
  await history.save(chat("a", 1));
  (await history.load("a")).messages.push("x");
  assert.equal((await history.load("a")).messages.length, 1);
});

test("one can be deleted, and all", async () => {
  for (const id of ["a", "b", "c"]) await history.save(chat(id, 1));
  await history.remove("b");
  assert.deepEqual((await ids()).sort(), ["a", "c"]);
  await history.clear();
  assert.deepEqual(await ids(), []);
});

test("of two hundred chats the oldest make room", async () => {
  for (let i = 1; i <= 203; i++) await history.save(chat(`c${i}`, i));
  const kept = await ids();
  assert.equal(kept.length, 200);
  assert.equal(kept[0], "c203");
  assert.equal(kept.at(-1), "c4");
  await history.save(chat("c4", 300)); // one of them again needs no room
  assert.equal((await ids()).length, 200);
});

test("when there is no more room, the oldest go, never the one that is saved", async () => {
  history.useShelf(new Small(1000));
  for (let i = 1; i <= 20; i++) await history.save(chat(`c${i}`, i));
  const kept = await ids();
  assert.ok(kept.length > 3 && kept.length < 20, `${kept.length} kept`);
  assert.equal(kept[0], "c20");
  await history.save(chat("large", 1, { title: "x".repeat(800) }));
  assert.ok((await ids()).includes("large"), "though it is the oldest");
  await history.save(chat("too large", 99, { title: "x".repeat(2000) }));
  assert.deepEqual(await ids(), []);
  await history.save(chat("next", 100));
  assert.deepEqual(await ids(), ["next"]);
});

test("a title is the first question, on one line and not endless", () => {
  const user = (content) => [{ role: "assistant", content: "Hi" }, { role: "user", content }];
  for (const [messages, want] of [
    [[], ""], [user("  Why\n is it?  "), "Why is it?"], [user("💻".repeat(100)), "💻".repeat(80)],
    [user([{ type: "image_url", image_url: {} }, { type: "text", text: "What is this?" }]), "What is this?"],
    [user([{ type: "image_url", image_url: {} }]), ""],
  ]) assert.equal(history.titleOf(messages), want);
});

test("a browser without a database keeps chats as long as the page", async () => {
  const fresh = await import("../../connect/history/history.js?without");
  await fresh.save(chat("a", 1));
  assert.equal((await fresh.list()).length, 1);
});

test("a database that breaks is opened again, then done without", async () => {
  const broken = { heads: () => Promise.reject(new DOMException("lost", "UnknownError")) };
  history.useShelf(broken);
  assert.deepEqual(await history.list(), []);
  await history.save(chat("a", 1));
  assert.deepEqual(await ids(), ["a"]);
});
