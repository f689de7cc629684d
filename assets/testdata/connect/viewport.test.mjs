import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { paintSoon } from "../../connect/answer/painter.js";
import { follow, followKeyboard } from "../../connect/elements/viewport.js";

// A browser whose clock and frames the tests move.
let now = 0;
let frames = [];
let selected = false;
let resized;
Object.defineProperty(globalThis, "performance", { value: { now: () => now }, configurable: true });
globalThis.requestAnimationFrame = (paint) => { frames.push(paint); };
globalThis.getSelection = () => ({ isCollapsed: !selected });
globalThis.ResizeObserver = class {
  constructor(tell) { resized = tell; }
  observe() {}
};
const setTimer = globalThis.setTimeout;
globalThis.setTimeout = (act, pause) => { timers.push({ act, pause }); };
let timers = [];

beforeEach(() => {
  [now, frames, timers, selected] = [0, [], [], false];
});

// frame lets the browser have its rest, and then one frame; it returns how long the rest was.
function frame() {
  const { act, pause } = timers.shift();
  now += Math.max(0, pause);
  act();
  frames.shift()();
  return Math.max(0, pause);
}

const painting = (name, slices, log) => ({
  draw() {
    log.push(name);
    now += 5;
    return --slices > 0;
  },
});

test("a frame takes no more than its slice, and what was asked for last comes first", () => {
  const log = [];
  const [first, second] = [painting("first", 2, log), painting("second", 3, log)];
  paintSoon(first);
  paintSoon(second);
  paintSoon(second); // once more changes nothing
  assert.equal(timers.length, 1);
  frame();
  assert.deepEqual(log, ["second", "second"]); // 10 ms: the slice of 8 was over after the second
  assert.equal(frame(), 0); // more is due, so the next frame is used
  assert.deepEqual(log, ["second", "second", "second", "first"]);
  frame();
  assert.deepEqual(log.at(-1), "first");
  assert.equal(timers.length, 0); // all is drawn
  paintSoon(painting("third", 1, log));
  assert.equal(frame(), 15); // three times the 5 ms of the last frame
});

// box is a scrolled element of 100 pixels with content below it.
function box(height) {
  const listeners = {};
  return {
    scrollTop: 0, scrollHeight: height, clientHeight: 100, listeners,
    addEventListener: (name, listener) => { listeners[name] = listener; },
    scrollTo(top, by) {
      if (by) listeners[by]();
      this.scrollTop = top;
      listeners.scroll();
    },
    grow(by) {
      this.scrollHeight += by;
      resized();
    },
  };
}
const content = { hasChildNodes: () => true };

test("the end stays in view until a person scrolls up, and again when the person is back", () => {
  const log = box(500);
  const toEnd = follow(log, content);
  log.grow(100);
  assert.equal(log.scrollTop, 600);
  now = 5000;
  log.scrollTo(550); // the browser moved it, nobody else
  log.grow(100);
  assert.equal(log.scrollTop, 700);
  log.scrollTo(300, "touchmove");
  log.grow(100);
  assert.equal(log.scrollTop, 300);
  log.scrollTo(640, "touchmove"); // down, but not to the end
  log.grow(10);
  assert.equal(log.scrollTop, 640);
  log.scrollTo(690, "touchmove");
  log.grow(100);
  assert.equal(log.scrollTop, 910);
  log.scrollTo(0, "wheel");
  toEnd();
  assert.equal(log.scrollTop, 910);
});

test("a selection is not scrolled away, and the welcome begins at its top", () => {
  const log = box(500);
  follow(log, content);
  selected = true;
  log.grow(100);
  assert.equal(log.scrollTop, 0);
  selected = false;
  const welcome = box(500);
  follow(welcome, { hasChildNodes: () => false })();
  assert.equal(welcome.scrollTop, 0);
});

test("the page is as high as what the keyboard leaves of it, unless a person zoomed in", () => {
  const set = {};
  const viewport = { scale: 1, height: 700, addEventListener: (_, fit) => { viewport.fit = fit; } };
  globalThis.window = { visualViewport: viewport };
  globalThis.document = { documentElement: { style: { setProperty: (name, value) => { set[name] = value; } } } };
  globalThis.scrollTo = () => {};
  followKeyboard();
  assert.equal(set["--height"], "700px");
  viewport.height = 400;
  viewport.fit();
  assert.equal(set["--height"], "400px");
  [viewport.scale, viewport.height] = [2, 350];
  viewport.fit();
  assert.equal(set["--height"], "400px");
  globalThis.window = {}; // a browser without it
  followKeyboard();
  globalThis.setTimeout = setTimer;
});
