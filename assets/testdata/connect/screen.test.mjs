import assert from "node:assert/strict";
import { test } from "node:test";
import { problemOf } from "../../connect/words/problems.js";
import { next, START } from "../../connect/screens/screen.js";

const connecting = { type: "connecting" };
const connected = { type: "connected" };
const asked = { type: "asked" };
const pair = { type: "pair" };
const failed = (code, talking = false) => ({ type: "failed", problem: problemOf({ code, message: "Words." }), talking });
const after = (...events) => events.reduce(next, START);

test("a connection comes to the room", () => {
  assert.equal(after(connecting).screen, "busy");
  assert.deepEqual(after(connecting, connected), { screen: "room", problem: null, failures: 0, pause: 0 });
  assert.equal(after(pair).screen, "pair");
  assert.equal(after(pair, connecting, connected).screen, "room");
});

test("each refusal of the gateway has its screen, and comes back by itself where it can", () => {
  for (const [code, fresh, talking, again] of [
    ["code_wrong", "pair", "pair", false], ["code_used", "pair", "pair", false], ["code_expired", "pair", "pair", false],
    ["too_many_tries", "pair", "pair", false], ["removed", "pair", "pair", false], ["invalid_api_key", "pair", "pair", false],
    ["other_laptop", "pair", "room", true], ["sign_in", "away", "room", true],
    ["pass_ended", "pair", "room", true], ["pass_used_up", "pair", "room", true],
    ["paused", "away", "room", true], ["device_paused", "away", "room", true], ["stopped", "away", "room", true], ["devices_unreadable", "away", "room", true],
    ["unreachable", "away", "room", true], ["no_server", "away", "room", true], ["model_loading", "away", "room", true], ["something_new", "away", "room", true],
    ["server_unreachable", "room", "room", true], ["server_broke_off", "room", "room", true], ["stream_not_found", "room", "room", true],
    ["model_not_found", "room", "room", true], ["model_not_allowed", "room", "room", true], ["body_too_large", "room", "room", true],
    ["no_room", "room", "room", true], ["no_space", "room", "room", true],
  ]) {
    const state = after(connecting, connected, failed(code));
    assert.equal(state.screen, fresh, code);
    assert.equal(after(connecting, connected, failed(code, true)).screen, talking, `${code} while talking`);
    assert.equal(state.pause > 0, again, `${code} tries again`);
    assert.notEqual(after(connecting, failed(code)).screen, "room", `${code} at the beginning`);
    assert.equal(next(state, connected).screen, "room", `${code} can end`);
    assert.equal(next(state, connected).problem, null);
  }
});

test("what only concerns one answer is not said of the connection", () => {
  assert.equal(after(connecting, connected, failed("model_not_found", true)).problem, null);
  assert.equal(after(connecting, connected, failed("unreachable", true)).problem.code, "unreachable");
});

test("tries of the page itself change nothing, those of a person are seen", () => {
  const away = after(connecting, failed("paused"));
  assert.deepEqual(next(away, connecting), { ...away, pause: 0 });
  assert.equal(next(away, asked).screen, "busy");
  const room = after(connecting, connected, failed("unreachable", true));
  assert.equal(next(room, connecting).problem.code, "unreachable");
  assert.equal(next(room, asked).screen, "room");
});

test("the pauses grow, and begin anew after a success", () => {
  const pauses = [];
  let state = after(connecting);
  for (let i = 0; i < 7; i++) {
    state = next(next(state, connecting), failed("unreachable"));
    pauses.push(state.pause);
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 15, 15, 15]);
  assert.equal(next(next(state, connected), failed("unreachable")).pause, 1);
});

test("somebody who types a code is not disturbed by an absent laptop", () => {
  const typing = after(connecting, pair);
  assert.deepEqual(next(typing, failed("unreachable")), typing);
  assert.equal(next(typing, connected).screen, "room");
  assert.equal(next(next(typing, asked), failed("code_wrong")).problem.code, "code_wrong");
});

test("an unknown event is a mistake", () => {
  assert.throws(() => next(START, { type: "oops" }));
});
