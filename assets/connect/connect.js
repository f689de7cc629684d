// The connect page: it pairs this phone with the laptop, keeps the connection, and opens the room
// to chat in. Which screen is seen is decided in screen.js.
import { Chat } from "./chat.js";
import { Chats } from "./chats.js";
import { isStore, store, stored } from "./connection.js";
import { at } from "./dom.js";
import * as gateway from "./gateway.js";
import { guestWords, isUsedUp, untilEnd } from "./guest.js";
import * as history from "./history.js";
import { followKeyboard } from "./keyboard.js";
import { chatModels, isDemo } from "./models.js";
import { codeFromFragment, deviceName, hintsOf, platform } from "./pairing.js";
import { problemOf } from "./problems.js";
import { GatewayError, isAway } from "./refusal.js";
import { next, START } from "./screen.js";
import { openSheet } from "./share.js";
import { Status } from "./status.js";
import { translate } from "./text.js";
import { showTrouble } from "./trouble.js";

const DEMO_PAUSE = 5; // seconds between looks for a real model
const LATE = 20; // seconds between looks whether a guest's pass has ended
const DAY = 86400; // seconds
const FRESH = 6 * 3600 * 1000; // milliseconds for which a chat is gone on with

translate(document);
const chat = new Chat({ trouble: fail, save });
const chats = new Chats(chat);
const status = new Status({ submit, retry, pair: () => happen({ type: "pair" }) });
let state = START;
let connection = stored(); // {key, name, model, local, way}; {} before the first pairing
let guest; // what the pass allows, if this phone has one
let code = ""; // a code that was not traded for a key yet
let draft = ""; // a code that the laptop did not want to look at yet
let connecting = false;
let waiting = false; // another try was asked for while one was under way
let timer = 0;

followKeyboard();
listen();
await recall();
begin();
globalThis.pageStarted(); // of boot.js, which else says that it does not

function begin() {
  code = codeFromFragment(location.hash);
  // The code does not stay in the address bar, in the history or in a shared link.
  if (location.hash) window.history.replaceState(null, "", location.pathname);
  connect();
}

async function connect() {
  if (connecting) {
    waiting = true;
    return;
  }
  if (!code && !connection.key) {
    happen({ type: "pair" });
    return;
  }
  connecting = true;
  happen({ type: "connecting" });
  try {
    const late = code ? await trade() : null;
    await greet(late);
    enter();
  } catch (err) {
    fail(err);
  } finally {
    connecting = false;
  }
  const more = waiting && (code || connection.key);
  waiting = false;
  if (more) connect();
}

// trade gets a key for the code. A phone shows the key that it has, to stay the device that it
// is, but only to the laptop that gave it, which proves that it is the one. A spent code does not matter to it: people scan the
// same code twice. trade returns what was wrong then. While the laptop is away the code is kept,
// it may still be good.
async function trade() {
  const { name, ours } = await gateway.address.arrive(connection);
  const key = ours ? connection.key : "";
  try {
    const answer = await gateway.pair(code, await ownName(), key);
    connection = { model: connection.model, key: answer.key, name };
    store(connection);
  } catch (err) {
    if (problemOf(err).kind !== "pair") throw err;
    if (err.code === "too_many_tries") draft = code;
    code = "";
    if (!key) throw err;
    return err;
  }
  code = "";
  return null;
}

// greet finds the laptop that the key is for, before anything is sent there, and learns what there
// is. late is what was wrong with a code; it says more than that the key is worn out.
async function greet(late) {
  gateway.address.know(connection);
  const { name, way } = await gateway.address.find();
  try {
    const [models, device] = await Promise.all([gateway.models(connection.key), gateway.device(connection.key)]);
    learn({ name: name || connection.name, way, local: device.local ?? "", models: chatModels(models) }, device.guest);
  } catch (err) {
    if (late && ["pair", "pass"].includes(problemOf(err).kind)) throw late;
    throw err;
  }
  if (isUsedUp(guest)) throw new GatewayError({ code: "pass_used_up" });
  if (connection.models.length === 0) throw new GatewayError({ code: "no_server" });
}

function learn(facts, pass) {
  Object.assign(connection, facts);
  store(connection);
  gateway.address.know(connection);
  gateway.address.lasts(); // to have the answer when somebody asks
  drawGuest(pass);
}

function drawGuest(pass) {
  guest = pass;
  for (const id of ["guest", "welcome-guest"]) {
    at(id).textContent = guestWords(guest);
    at(id).hidden = !guest;
  }
  at("live").hidden = Boolean(guest);
}

function enter() {
  const arriving = state.screen !== "room";
  happen({ type: "connected" });
  chat.open({ ...connection, remember }); // in a room that can be measured
  if (arriving) chat.focus();
}

function remember(model) {
  connection.model = model;
  store(connection);
}

function fail(err) {
  const problem = problemOf(err);
  // Only our own laptop can say this: see believed in gateway.js.
  if (problem.code === "removed" || problem.code === "invalid_api_key") {
    if (adopt()) return;
    connection = { model: connection.model };
    store(connection);
  }
  happen({ type: "failed", problem, talking: !chat.empty });
}

// broke tells that an answer under way waits for the laptop, and mended takes that back.
function broke({ error: err }) {
  if (state.problem?.code !== err.code) fail(err);
}

function mended() {
  if (state.screen === "room" && state.problem && isAway(state.problem)) happen({ type: "connected" });
}

// adopt takes over what another tab of this browser stored meanwhile, and tries that.
function adopt() {
  const other = stored();
  if (!other.key || other.key === connection.key) return false;
  connection = other;
  connect();
  return true;
}

// save keeps the chat, and asks what is left of a pass after each answer.
async function save(conversation) {
  const written = history.save({ ...conversation, changed: Date.now() }).then(() => chats.tell());
  if (guest && !conversation.messages.at(-1)?.stream) {
    await gateway.device(connection.key).then((device) => drawGuest(device.guest), () => {});
  }
  return written;
}

// recall goes on with the last chat, if it is not from another day.
async function recall() {
  const [last] = await history.list();
  if (last && Date.now() - last.changed < FRESH) chat.show(await history.load(last.id));
}

function happen(event) {
  state = next(state, event);
  const inRoom = state.screen === "room";
  at("room").hidden = !inRoom;
  at("status").hidden = inRoom;
  if (inRoom) {
    status.leave();
    document.title = `${connection.name} · Modelbeam`;
    showTrouble(state.problem, { retry, pair: () => happen({ type: "pair" }) });
  } else {
    status.show(state, draft);
  }
  if (state.screen !== "busy") draft = "";
  schedule();
}

function schedule() {
  clearTimeout(timer);
  const pauses = [state.pause || Infinity];
  if (state.screen === "room") {
    if (!state.problem && connection.models?.every((m) => isDemo(m.id))) pauses.push(DEMO_PAUSE);
    pauses.push(untilEnd(guest) / 1000 || LATE); // the laptop's clock may be behind this one
  }
  const pause = Math.min(...pauses);
  if (pause < DAY) timer = setTimeout(again, pause * 1000); // browsers have no timers for months
}

// again does nothing behind a locked screen, because visibilitychange comes when there is
// somebody, and nothing while the person is asked for a code.
function again() {
  const asking = state.screen === "pair" && (state.pause === 0 || status.typing);
  if (!document.hidden && !asking) connect();
}

function retry() {
  happen({ type: "asked" }); // so that the person sees that something happens
  connect();
}

function submit(typed) {
  code = typed;
  retry();
}

async function ownName() {
  return deviceName(navigator.userAgent, navigator.maxTouchPoints, await hintsOf(navigator));
}

function listen() {
  addEventListener("hashchange", begin); // scanned again while the page was open
  addEventListener("online", () => {
    gateway.address.forget();
    again();
  });
  addEventListener("offline", again);
  document.addEventListener("visibilitychange", again);
  gateway.breaks.addEventListener("broken", broke);
  gateway.breaks.addEventListener("mended", mended);
  addEventListener("storage", (event) => {
    if (isStore(event.key) && stored().key !== connection.key) adopt() || connect();
  });
  for (const id of ["open-apps", "use-app"]) {
    at(id).addEventListener("click", () => openSheet(connection, platform(navigator.userAgent, navigator.maxTouchPoints)));
  }
  for (const id of ["open-chats", "earlier"]) at(id).addEventListener("click", () => chats.open());
}
