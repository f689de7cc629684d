import assert from "node:assert/strict";
import { test } from "node:test";
import { sees } from "../../connect/conversation/picker.js";
import { Reply } from "../../connect/conversation/reply.js";
import { fit } from "../../connect/conversation/shrink.js";
import { GatewayError } from "../../connect/gateway/refusal.js";

// view notes what it is told to show.
function view() {
  const said = [];
  return {
    said,
    clear: () => said.push("clear"),
    add: ({ text, thoughts, retract }) => said.push(`add ${thoughts}|${text}${retract ? "|retract" : ""}`),
    end: (note) => said.push(`end ${note}`),
    fail: ({ title }) => said.push(`fail ${title}`),
  };
}

async function* pieces(list, err) {
  for (const piece of list) yield { content: "", thinking: "", finish: "", ...piece };
  if (err) throw err;
}

async function read(list, { err, message = { content: "", stream: "s" }, aborted = false, notes } = {}) {
  const seen = view();
  const refusal = await new Reply(message, seen).read(pieces(list, err), { aborted }, notes);
  return { refusal, message, said: seen.said };
}

test("an answer fills the message and the view, and is over", async () => {
  const { refusal, message, said } = await read([{ thinking: "hm" }, { content: "Hel" }, { content: "lo" }, { finish: "stop" }], { notes: [{ of: "blind", model: "Tiny" }] });
  assert.equal(refusal, null);
  assert.deepEqual(message, { content: "Hello", thoughts: "hm", notes: [{ of: "blind", model: "Tiny" }] });
  assert.deepEqual(said, ["clear", "add hm|", "add |Hel", "add |lo", "end Tiny cannot see pictures, so it got only the words."]);
});

test("what ended an answer is said below it", async () => {
  for (const [name, list, options, notes, words] of [
    ["nothing came", [{ finish: "stop" }], {}, ["empty"], "The model gave no answer."],
    ["the limit", [{ content: "a" }, { finish: "length" }], { notes: [{ of: "blind", model: "B" }] }, ["blind", "length"],
      "B cannot see pictures, so it got only the words. The answer reached its length limit."],
    ["Stop", [{ content: "a" }], { err: new Error("aborted"), aborted: true }, ["stopped"], "Stopped"],
    ["Stop beats a refusal", [{ content: "a" }], { err: new GatewayError({ code: "unreachable" }), aborted: true }, ["stopped"], "Stopped"],
    ["the laptop has it no more", [{ content: "a" }], { err: new GatewayError({ code: "stream_not_found" }) }, ["lost"], "The answer was cut off."],
  ]) {
    const { refusal, message, said } = await read(list, options);
    assert.equal(refusal, null, name);
    assert.deepEqual(message.notes.map((note) => note.of), notes, name);
    assert.equal(said.at(-1), `end ${words}`, name);
    assert.ok(!("stream" in message), name);
  }
});

test("a refusal can be tried again, but not with a pass that is over", async () => {
  for (const [code, last] of [
    ["server_broke_off", "fail The answer broke off"], ["no_room", "fail The laptop is busy"],
    ["pass_ended", "end Your guest pass is over"], ["pass_used_up", "end Your guest pass is used up"],
  ]) {
    const { refusal, message, said } = await read([{ content: "a" }], { err: new GatewayError({ code }) });
    assert.equal(refusal.code, code);
    assert.equal(said.at(-1), last);
    assert.deepEqual(message.notes, [{ of: "problem", code }]);
    assert.equal(message.content, "a"); // what came stays
  }
});

test("an answer that is picked up replaces what was kept, once something of it comes", async () => {
  const kept = () => ({ content: "Half of", thoughts: "hm", stream: "s" });
  const whole = await read([{ content: "Half of it" }], { message: kept() });
  assert.equal(whole.message.content, "Half of it");
  assert.equal(whole.message.thoughts, "");
  const nothing = await read([], { message: kept(), err: new GatewayError({ code: "stream_not_found" }) });
  assert.equal(nothing.message.content, "Half of");
  assert.deepEqual(nothing.said, ["end The answer was cut off."]);
});

test("thoughts that come in the answer itself are taken out of it again", async () => {
  const { message } = await read([{ content: "So I think\n" }, { content: "</think>\nYes." }]);
  assert.deepEqual([message.thoughts, message.content], ["So I think", "Yes."]);
});

test("a model that says nothing about pictures may see them", () => {
  for (const [model, want] of [[{}, true], [{ capabilities: ["vision"] }, true], [{ capabilities: [] }, false], [{ capabilities: ["completion"] }, false]]) {
    assert.equal(sees(model), want, JSON.stringify(model));
  }
});

test("photos get smaller, never larger, and keep their shape", () => {
  for (const [width, height, want] of [
    [4032, 3024, [1344, 1008]], [3024, 4032, [1008, 1344]], [1344, 10, [1344, 10]], [640, 480, [640, 480]], [1, 1, [1, 1]], [100000, 1, [1344, 1]],
  ]) assert.deepEqual(Object.values(fit(width, height)), want);
  assert.throws(() => fit(0, 10));
});
