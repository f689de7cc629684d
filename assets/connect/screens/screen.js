// Which screen is shown, and when the page tries again by itself, as one function from a state and an
// event to the next state. No DOM and no clock in here.

const PAUSES = [1, 2, 4, 8, 15]; // seconds before the page tries again by itself
const SLOWLY = 20; // seconds, where the person has to do something first

/** START is the state before anything happened. */
export const START = Object.freeze({ screen: "busy", problem: null, failures: 0, pause: 0 });

/**
 * next returns the state after an event:
 *
 *   {type: "connecting"}        a try begins
 *   {type: "connected"}         it succeeded
 *   {type: "failed", problem, talking}  it did not, or an answer did not; talking: a conversation is open
 *   {type: "asked"}             the person wants to try at once
 *   {type: "pair"}              the person wants to give a code, or has to
 *
 * A state is {screen, problem, failures, pause}. screen is "busy", "pair" (asks for a code),
 * "away" (waits for the laptop) or "room"; problem says why, and in the room it is said there;
 * pause is the number of seconds after which to try again, 0 for not at all.
 */
export function next(state, event) {
  switch (event.type) {
    case "connecting":
      // A try that the page makes by itself changes nothing that a person looks at.
      return state.screen === "room" || state.failures > 0 ? { ...state, pause: 0 } : START;
    case "connected":
      return { screen: "room", problem: null, failures: 0, pause: 0 };
    case "asked":
      return state.screen === "room" ? { ...state, failures: 0 } : START;
    case "pair":
      return { screen: "pair", problem: null, failures: 0, pause: 0 };
    case "failed":
      return failed(state, event);
  }
  throw new Error(`unknown event ${event.type}`);
}

function failed(state, { problem, talking = false }) {
  const inRoom = state.screen === "room";
  const failures = state.failures + 1;
  const pause = PAUSES[Math.min(failures, PAUSES.length) - 1];
  switch (problem.kind) {
    case "pair":
      if (!problem.again) return { screen: "pair", problem, failures, pause: 0 };
      return { screen: inRoom && talking ? "room" : "pair", problem, failures, pause };
    case "pass":
      // What was said before can still be read.
      return { screen: inRoom && talking ? "room" : "pair", problem, failures, pause: SLOWLY };
    case "chat":
      // One answer failed. The list of models may have changed, so it is asked for again.
      if (inRoom) return { ...state, pause: PAUSES[0] };
  }
  if (state.screen === "pair" && !state.problem) return state; // somebody is typing a code
  return { screen: inRoom && talking ? "room" : "away", problem, failures, pause };
}
