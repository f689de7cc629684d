import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { carry } from "../../connect/gateway/carry.js";
import { GatewayError, unreachable } from "../../connect/gateway/refusal.js";
import { events } from "../../connect/gateway/stream.js";

const WHOLE = new TextEncoder().encode(': waiting\n\ndata: {"a":"日本 💻"}\r\n\r\ndata: two\n\n: waiting\n\ndata: [DONE]\n\n');
const WANT = ['{"a":"日本 💻"}', "two", "[DONE]"];
const gone = () => new GatewayError({ code: "stream_not_found", status: 404 });

// broken is an answer that ends with an error after these chunks; hangs is one that just stops.
function answer(chunks, { breaks = false, hangs = false } = {}) {
  const waiting = [...chunks];
  return new Response(new ReadableStream({
    pull(controller) {
      if (waiting.length > 0) controller.enqueue(waiting.shift());
      else if (breaks) controller.error(new TypeError("network error"));
      else if (hangs) return new Promise(() => {});
      else controller.close();
    },
  }, { highWaterMark: 0 }), { headers: { "Content-Type": "text/event-stream" } });
}

// call makes a call whose connections are given in turn, and notes what was asked for.
function call(lines, more = {}) {
  const asked = [];
  const step = (name) => async (from, end) => {
    asked.push(name === "start" ? "start" : from);
    const line = lines[Math.min(asked.length, lines.length) - 1];
    return line(name === "start" ? 0 : from, end ?? from);
  };
  const made = { start: step("start"), rest: step("rest"), there: async () => true, broken: () => asked.push("broken"), mended() {}, heard() {}, wakes: () => () => {}, ...more };
  return { made, asked };
}

async function read(made, signal = new AbortController().signal) {
  const { bytes } = await carry(made, signal);
  const got = [];
  for await (const data of events(bytes)) got.push(data);
  return got;
}

// hurry lets the pauses of a test pass at once.
function hurry(t) {
  const real = setTimeout;
  mock.method(globalThis, "setTimeout", (act, _, ...args) => real(act, 1, ...args));
  t.after(() => mock.restoreAll());
}

test("an answer joins exactly, wherever its connection breaks", async (t) => {
  fastPauses(t);
  for (let cut = 0; cut <= WHOLE.length; cut++) {
    const { made, asked } = call([
      () => answer(cut ? [WHOLE.slice(0, cut)] : [], { breaks: true }),
      (from) => answer([WHOLE.slice(from)]),
    ]);
    assert.deepEqual(await read(made), WANT, `cut at ${cut}`);
    assert.deepEqual(asked, ["start", cut]);
  }
});

// fastPauses makes pauses between tries short, and leaves the watch over silence as it is.
function fastPauses(t) {
  const real = setTimeout;
  mock.method(globalThis, "setTimeout", (act, ms, ...args) => real(act, ms < 5000 ? 0 : ms, ...args));
  t.after(() => mock.restoreAll());
}

test("it joins with a break at every byte", async (t) => {
  fastPauses(t);
  const { made, asked } = call([(from) => answer([WHOLE.slice(from, from + 1)], { breaks: from + 1 < WHOLE.length })]);
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(asked, ["start", ...Array.from({ length: WHOLE.length - 1 }, (_, i) => i + 1)]);
});

test("a connection that is silent for too long is dead", async (t) => {
  hurry(t);
  const { made, asked } = call([
    () => answer([WHOLE.slice(0, 9)], { hangs: true }),
    (from) => answer([WHOLE.slice(from, 20)], { hangs: true }),
    (from) => answer([WHOLE.slice(from)]),
  ]);
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(asked, ["start", 9, 20]);
});

test("so is one to an address that the laptop has left", async (t) => {
  doubtSoon(t);
  let asked = 0;
  const moved = call([
    () => answer([WHOLE.slice(0, 9)], { hangs: true }),
    (from) => answer([WHOLE.slice(from)]),
  ], { there: async () => ++asked > 2 });
  assert.deepEqual(await read(moved.made), WANT);
  assert.deepEqual(moved.asked, ["start", 9]);
});

// doubtSoon lets a silent connection be doubted at once, and leaves all other times as they are.
function doubtSoon(t) {
  const real = setTimeout;
  mock.method(globalThis, "setTimeout", (act, ms, ...args) => real(act, ms === 3000 ? 5 : ms, ...args));
  t.after(() => mock.restoreAll());
}

test("so is one to nowhere, which is told before it is given up", async (t) => {
  doubtSoon(t);
  for (const code of ["unreachable", "other_laptop", "sign_in"]) {
    const told = [];
    const { made, asked } = call([
      () => answer([WHOLE.slice(0, 9)], { hangs: true }),
      (from) => answer([WHOLE.slice(from)]),
    ], { there: async () => { throw new GatewayError({ code }); }, broken: (err) => told.push(err.code), mended: () => told.push("mended") });
    assert.deepEqual(await read(made), WANT);
    assert.deepEqual(asked, ["start", 9]);
    assert.deepEqual(told, ["mended", code, code, "mended"]);
  }
});

test("one whose laptop is there is left alone, however long its model says nothing", async (t) => {
  doubtSoon(t);
  let looks = 0;
  let speak;
  const { made, asked } = call([() => new Promise((resolve) => { speak = () => resolve(answer([WHOLE])); })], {
    there: async () => {
      if (++looks === 50) speak();
      return true;
    },
  });
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(asked, ["start"]);
});

test("a laptop that is heard again in time is taken back, and nothing is asked anew", async (t) => {
  doubtSoon(t);
  const told = [];
  let speak;
  let looks = 0;
  const { made, asked } = call([() => new Promise((resolve) => { speak = () => resolve(answer([WHOLE])); })], {
    there: async () => {
      looks++;
      if (looks % 2 === 1) throw unreachable(); // never twice in a row
      if (looks === 10) speak();
      return true;
    },
    broken: () => told.push("broken"), mended: () => told.push("mended"),
  });
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(asked, ["start"]);
  assert.deepEqual(told.slice(0, 4), ["broken", "mended", "broken", "mended"]);
});

test("a laptop that went on after a question without an answer is told of as back", async (t) => {
  doubtSoon(t);
  const told = [];
  let body;
  const { made } = call([() => new Response(new ReadableStream({ start: (controller) => { body = controller; } }))], {
    there: async () => {
      throw unreachable();
    },
    broken: () => {
      told.push("broken");
      body.enqueue(WHOLE);
      body.close();
    },
    mended: () => told.push("mended"),
  });
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(told, ["mended", "broken", "mended"]); // the first when it answered at all
});

test("a long upload is not given up because questions beside it are lost", async (t) => {
  doubtSoon(t);
  let looks = 0;
  let speak;
  const { made, asked } = call([() => new Promise((resolve) => { speak = () => resolve(answer([WHOLE])); })], {
    size: 1500000,
    there: async () => {
      if (++looks === 20) speak();
      throw unreachable();
    },
  });
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(asked.filter((step) => step !== "broken"), ["start"]);
});

test("who answers in the laptop's place is waited out", async (t) => {
  fastPauses(t);
  for (const code of ["other_laptop", "sign_in"]) {
    const { made, asked } = call([
      () => { throw new GatewayError({ code }); }, () => { throw new GatewayError({ code }); }, () => { throw gone(); }, () => answer([WHOLE]),
    ], { broken: (err) => assert.equal(err.code, code) });
    assert.deepEqual(await read(made), WANT);
    assert.deepEqual(asked, ["start", 0, 0, "start"]);
  }
});

test("so is one whose answer never begins", async (t) => {
  hurry(t);
  const { made, asked } = call([() => new Promise(() => {}), () => answer([WHOLE])]);
  assert.deepEqual(await read(made), WANT);
  assert.deepEqual(asked, ["start", 0]);
});

test("a request that did not arrive is made again, one that did is not", async (t) => {
  fastPauses(t);
  const lost = call([() => { throw unreachable(); }, () => { throw gone(); }, () => answer([WHOLE])]);
  assert.deepEqual(await read(lost.made), WANT);
  assert.deepEqual(lost.asked, ["start", 0, "start"]);

  const arrived = call([() => { throw unreachable(); }, (from) => answer([WHOLE.slice(from)])]);
  assert.deepEqual(await read(arrived.made), WANT);
  assert.deepEqual(arrived.asked, ["start", 0]);
});

test("what began before the page was loaded is never asked anew", async () => {
  const { made, asked } = call([() => { throw gone(); }], { start: undefined });
  await assert.rejects(read(made), { code: "stream_not_found" });
  assert.deepEqual(asked, [0]);
});

test("a laptop that stays away is told of, and given up in the end", async (t) => {
  fastPauses(t);
  const { made, asked } = call([() => answer([WHOLE.slice(0, 5)], { breaks: true }), () => { throw unreachable(); }]);
  await assert.rejects(read(made), { code: "unreachable" });
  assert.deepEqual(asked.slice(0, 5), ["start", 5, "broken", 5, "broken"]);
  assert.ok(asked.length > 60, `${asked.length} tries`);
});

test("a refusal ends it at once", async (t) => {
  fastPauses(t);
  for (const code of ["paused", "removed", "pass_used_up", ""]) {
    const refused = call([() => { throw new GatewayError({ code, status: 403 }); }]);
    await assert.rejects(read(refused.made), { code });
    assert.deepEqual(refused.asked, ["start"]);

    const later = call([() => answer([WHOLE.slice(0, 5)], { breaks: true }), () => { throw new GatewayError({ code }); }]);
    await assert.rejects(read(later.made), { code });
    assert.deepEqual(later.asked, ["start", 5]);
  }
});

test("Stop ends it in every phase", async (t) => {
  fastPauses(t);
  for (const [phase, lines] of [
    ["request", [(_, end) => new Promise((_, reject) => { end.addEventListener("abort", () => reject(end.reason)); })]],
    ["deaf request", [() => new Promise(() => {})]],
    ["answer", [() => answer([WHOLE.slice(0, 5)], { hangs: true })]],
    ["absence", [() => { throw unreachable(); }]],
  ]) {
    const stop = new AbortController();
    const { made } = call(lines);
    setTimeout(() => stop.abort(), 0);
    await assert.rejects(read(made, stop.signal), { name: "AbortError" }, phase);
    assert.ok(stop.signal.aborted);
  }
});

test("a phone that wakes up does not wait for the end of silence", async () => {
  const listeners = new Set();
  const wakes = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const { made, asked } = call([
    () => {
      setTimeout(() => listeners.forEach((listener) => listener()), 10);
      return answer([WHOLE.slice(0, 9)], { hangs: true });
    },
    (from) => answer([WHOLE.slice(from)]),
  ], { wakes });
  const began = performance.now();
  assert.deepEqual(await read(made), WANT);
  assert.ok(performance.now() - began < 20000, "sooner than silence is noticed");
  assert.deepEqual(asked, ["start", 9]);
  assert.equal(listeners.size, 0, "nobody listens any more");
});

test("who leaves early ends the connection", async () => {
  let end;
  let cancelled = false;
  const { made } = call([(_, signal) => {
    end = signal;
    const body = new ReadableStream({ pull: (c) => c.enqueue(WHOLE.slice(0, 20)), cancel: () => { cancelled = true; } }, { highWaterMark: 0 });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }]);
  const { response, bytes } = await carry({ ...made, start: (signal) => made.rest(0, signal) }, new AbortController().signal);
  assert.equal(response.headers.get("Content-Type"), "text/event-stream");
  for await (const _ of bytes) break;
  assert.ok(end.aborted && cancelled);
});
