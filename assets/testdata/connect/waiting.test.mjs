import assert from "node:assert/strict";
import { test } from "node:test";
import { Waiting } from "../../connect/conversation/waiting.js";
import { GatewayError } from "../../connect/gateway/refusal.js";

// settle lets everything happen that does not wait for a clock.
const settle = () => new Promise((resolve) => { setImmediate(resolve); });

// holdClock stops the time of timers until what it returns lets some pass. Node's own mocked timers lose some in version 18.
function holdClock(t) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  t.after(() => Object.assign(globalThis, real));
  const timers = new Map();
  let now = 0;
  let last = 0;
  globalThis.setTimeout = (run, milliseconds) => {
    timers.set(++last, { run, at: now + milliseconds });
    return last;
  };
  globalThis.clearTimeout = (id) => timers.delete(id);
  return (milliseconds) => {
    now += milliseconds;
    for (const [id, timer] of [...timers].sort(([, a], [, b]) => a.at - b.at)) {
      if (timer.at <= now && timers.delete(id)) timer.run();
    }
  };
}

// wait is a Waiting for an answer that the test has in its hands, with the clock too.
function wait(t, states, begin) {
  const pass = holdClock(t);
  const shown = [];
  const asked = { times: 0 };
  const waiting = new Waiting({
    state: async () => {
      const state = states[Math.min(asked.times++, states.length - 1)];
      if (state instanceof Error) throw state;
      return state;
    },
    show: (loading) => shown.push(loading),
  });
  const stop = new AbortController();
  const got = [];
  const done = (async () => {
    for await (const piece of waiting.over(begin, stop.signal)) got.push(piece.content);
  })();
  done.catch(() => {});
  const tick = async (milliseconds) => {
    await settle();
    pass(milliseconds);
    await settle();
  };
  return { shown, asked, got, done, stop, tick };
}

// hand is an answer whose pieces come when the test says so.
function hand() {
  let give;
  const next = () => new Promise((resolve) => { give = resolve; });
  let waiting = next();
  return {
    async* begin() {
      for (;;) {
        const piece = await waiting;
        waiting = next();
        if (!piece) return;
        yield piece;
      }
    },
    give: (piece) => give(piece),
  };
}

test("it says what the server tells, until the first word", async (t) => {
  const { begin, give } = hand();
  const w = wait(t, ["unloaded", "loading", "ready", "", new Error("away"), "unloaded", "ready"], begin);
  await w.tick(1400);
  assert.equal(w.asked.times, 0); // nobody wonders yet
  for (const _ of [1, 2, 3, 4, 5, 6]) await w.tick(2000);
  assert.deepEqual(w.shown, [true, true, false, false, false, true]); // loading, loaded, a server that does not tell, unloaded meanwhile
  give({ content: "", thinking: "" }); // a head without words
  await w.tick(2000);
  assert.equal(w.shown.length, 7);
  give({ content: "Hi", thinking: "" });
  await w.tick(20000);
  assert.equal(w.asked.times, 7); // nobody is asked any more
  give(null);
  await w.done;
  assert.deepEqual(w.got, ["", "Hi"]);
});

test("an answer that comes at once asks nobody", async (t) => {
  const w = wait(t, ["loading"], async function* begin() { yield { content: "Hi" }; });
  await w.done;
  await w.tick(20000);
  assert.equal(w.asked.times, 0);
});

test("a load that fails ends it, with the server's words", async (t) => {
  const w = wait(t, ["loading"], async function* begin() { yield* []; throw new GatewayError({ status: 500, message: "llama runner process has terminated" }); });
  await assert.rejects(w.done, { message: "llama runner process has terminated" });
  await w.tick(20000);
  assert.deepEqual(w.shown, []);
});

test("while the laptop refuses because it is loading, it is asked again", async (t) => {
  const refusals = [new GatewayError({ code: "model_loading", wait: 5 }), new GatewayError({ status: 503, message: "Loading model" })];
  const w = wait(t, [""], async function* begin() {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    yield { content: "Hi" };
  });
  await w.tick(0);
  assert.deepEqual(w.shown, [true]);
  await w.tick(5000);
  await w.tick(5000);
  await w.done;
  assert.deepEqual(w.got, ["Hi"]);
});

test("who stops does not wait for the next try", async (t) => {
  const w = wait(t, [""], async function* begin() { yield* []; throw new GatewayError({ code: "model_loading", wait: 3600 }); });
  await w.tick(0);
  w.stop.abort();
  await assert.rejects(w.done, { name: "AbortError" });
});
