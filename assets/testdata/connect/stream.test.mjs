import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser, events, textOf } from "../../connect/gateway/stream.js";

const TEXT = [
  "\u{feff}: ping\r\n\r\n", 'data: {"a":"日本"}\r\n\r\n', "event: x\nid: 1\ndata:one\ndata: two\ndata:\n\n",
  "data: three\r\rretry: 9\r\r", "data\n\n", "data: [DONE]",
].join("");
const WANT = ['{"a":"日本"}', "one\ntwo\n", "three", "", "[DONE]"];

async function* each(chunks) {
  yield* chunks;
}

async function read(chunks) {
  const got = [];
  for await (const data of events(each(chunks))) got.push(data);
  return got;
}

test("a stream reads the same wherever it is cut", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = [];
    for (let i = 0; i < bytes.length; i += size) chunks.push(bytes.slice(i, i + size));
    assert.deepEqual(await read(chunks), WANT, `chunks of ${size} bytes`);
  }
});

test("an event is given as soon as its blank line is there", () => {
  const parser = new EventParser();
  assert.deepEqual(parser.push("data: a\n"), []);
  assert.deepEqual(parser.push("\n"), ["a"]);
});

test("a line end that is cut in two is one", () => {
  const parser = new EventParser();
  assert.deepEqual([...parser.push("data: a\r"), ...parser.push("\ndata: b\r\n\r"), ...parser.push("\n"), ...parser.end()], ["a\nb"]);
});

test("who leaves early ends the stream", async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield new TextEncoder().encode("data: x\n\n");
    } finally {
      ended = true;
    }
  }
  for await (const data of events(endless())) {
    assert.equal(data, "x");
    break;
  }
  assert.ok(ended);
});

test("an answer that is no stream is read whole, wherever it is cut", async () => {
  const bytes = new TextEncoder().encode('{"text":"日本 💻"}');
  for (let i = 0; i <= bytes.length; i++) {
    assert.equal(await textOf(each([bytes.slice(0, i), bytes.slice(i)])), '{"text":"日本 💻"}');
  }
});
