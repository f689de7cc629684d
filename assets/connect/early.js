// Begins to connect while the rest of the page is still on its way: nothing of that needs it.
import * as gateway from "./gateway/gateway.js";
import { codeFromFragment, handoverFromFragment } from "./pairing/code.js";
import { deviceName, hintsOf } from "./pairing/device.js";
import { Pairing } from "./pairing/pairing.js";
import { translate } from "./words/text.js";

/** pairing is the bond with the laptop. */
export const pairing = new Pairing(gateway, ownName);

/** first is the connection that was begun here: take returns its promise once, and after that nothing. */
export const first = { take };

translate(document); // what is there by now: the words that say how it stands
pairing.code = codeFromFragment(location.hash);
pairing.handover = handoverFromFragment(location.hash);
let begun = pairing.begun ? pairing.connect() : undefined;
begun?.catch(() => {}); // whoever takes it hears of it

function take() {
  const taken = begun;
  begun = undefined;
  return taken;
}

async function ownName() {
  return deviceName(navigator.userAgent, navigator.maxTouchPoints, await hintsOf(navigator));
}
