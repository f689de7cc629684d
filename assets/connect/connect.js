// The connect page: it puts the rooms together, keeps the connection alive, and shows the screen that
// screens/screen.js decides on.
import { openSheet } from "./apps/apps.js";
import { Chat } from "./conversation/chat.js";
import { first, pairing } from "./early.js";
import { at } from "./elements/dom.js";
import { keepFocus } from "./elements/focus.js";
import { followKeyboard } from "./elements/viewport.js";
import { deliver, findingOf, keep, networkOf } from "./gateway/findings.js";
import * as gateway from "./gateway/gateway.js";
import { isDemo } from "./gateway/models.js";
import { isAway } from "./gateway/refusal.js";
import { Chats } from "./history/chats.js";
import * as history from "./history/history.js";
import { HomeScreen } from "./home/home.js";
import { codeFromFragment } from "./pairing/code.js";
import { platform } from "./pairing/device.js";
import { guestWords, untilEnd } from "./pairing/guest.js";
import { offerLanguages } from "./screens/language.js";
import { next, START } from "./screens/screen.js";
import { Status } from "./screens/status.js";
import { showTrouble } from "./screens/trouble.js";
import { problemOf } from "./words/problems.js";
import { t, translate } from "./words/text.js";
import { lostAdvice } from "./words/tries.js";

const DEMO_PAUSE = 5; // seconds between looks for a real model
const LATE = 20; // seconds between looks whether a guest's pass has ended
const DAY = 86400; // seconds
const SURELY = 2; // failures in a row after which the laptop is told of, and not a moment without a network
const FRESH = 6 * 3600 * 1000; // milliseconds for which a chat is gone on with

translate(document);
const chat = new Chat({ trouble: fail, save });
const chats = new Chats(chat);
const status = new Status({ submit, retry, pair: () => happen({ type: "pair" }) });
const ours = platform(navigator.userAgent, navigator.maxTouchPoints);
const home = new HomeScreen({ key: () => pairing.connection.key, platform: ours });
let state = START;
let connecting = false;
let waiting = false; // another try was asked for while one was under way
let timer = 0;

followKeyboard();
offerLanguages();
listen();
start();

async function start() {
  await recall();
  clean();
  connect();
}

function scanned() {
  pairing.code = codeFromFragment(location.hash);
  clean();
  connect();
}

// clean sees to it that the code does not stay in the address bar, in the history or in a shared link.
function clean() {
  if (location.hash) window.history.replaceState(null, "", location.pathname);
}

async function connect() {
  if (connecting) {
    waiting = true;
    return;
  }
  const begun = first.take();
  if (!begun && !pairing.begun) {
    happen({ type: "pair" });
    return;
  }
  connecting = true;
  happen({ type: "connecting" });
  try {
    await (begun ?? pairing.connect());
    enter();
  } catch (err) {
    fail(err);
  } finally {
    connecting = false;
  }
  const more = waiting && pairing.begun;
  waiting = false;
  if (more) connect();
}

function enter() {
  const arriving = state.screen !== "room";
  const { key } = pairing.connection;
  deliver(key, (finding) => gateway.report(key, finding));
  happen({ type: "connected" });
  chat.open({ ...pairing.connection, remember: (model) => pairing.choose(model) }); // in a room that can be measured
  if (!arriving) return;
  at("said").textContent = t("Connected to {name}", { name: pairing.connection.name });
  chat.focus();
}

function fail(err) {
  const problem = err.code === "unreachable" ? lost(err) : problemOf(err);
  // Only our own laptop can say this: see believed in gateway/gateway.js.
  if (problem.code === "removed" || problem.code === "invalid_api_key") {
    if (adopt()) return;
    pairing.forget();
  }
  happen({ type: "failed", problem, talking: !chat.empty });
}

// lost is the problem of a laptop that answers nowhere, in the words of what this phone knows of that. It is
// kept for the laptop.
function lost(err) {
  const { tries } = gateway.address;
  const { key } = pairing.connection;
  const problem = problemOf(err);
  if (key && state.failures >= SURELY - 1) {
    keep(key, findingOf({ occasion: "lost", tries, obstacles: ["address"] }, navigator, location.protocol));
  }
  const advice = lostAdvice({ tries, online: navigator.onLine, network: networkOf(navigator) });
  return { ...problem, tries, advice: advice || problem.advice };
}

// broke says that an answer under way waits for the laptop, and mended takes that back.
function broke({ error: err }) {
  if (state.problem?.code !== err.code) fail(err);
}

function mended() {
  if (state.screen === "room" && state.problem && isAway(state.problem)) happen({ type: "connected" });
}

// adopt goes on with the key of another tab of this browser, if there is one.
function adopt() {
  const adopted = pairing.adopt();
  if (adopted) connect();
  return adopted;
}

// save keeps the chat, and asks what is left of a pass after each answer.
async function save(conversation) {
  const written = history.save({ ...conversation, changed: Date.now() }).then(() => chats.tell());
  const last = conversation.messages.at(-1);
  if (!last?.stream) {
    await pairing.recount();
    drawGuest();
    if (last?.content && last.role === "assistant" && !pairing.guest && !state.problem) home.offer();
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
  keepFocus(draw, () => at(state.screen !== "room" ? "status-title" : chat.empty ? "welcome-title" : "laptop"));
  schedule();
}

function draw() {
  const inRoom = state.screen === "room";
  at("room").hidden = !inRoom;
  at("status").hidden = inRoom;
  if (inRoom) {
    status.leave();
    document.title = `${pairing.connection.name} · Modelbeam`;
    showTrouble(state.problem, { retry, pair: () => happen({ type: "pair" }) });
  } else {
    status.show(state, pairing.draft);
  }
  if (state.screen !== "busy") pairing.draft = "";
  drawGuest();
}

function drawGuest() {
  const { guest } = pairing;
  for (const id of ["guest", "welcome-guest"]) {
    at(id).textContent = guestWords(guest);
    at(id).hidden = !guest;
  }
  at("live").hidden = Boolean(guest);
  home.allow(!guest);
}

function schedule() {
  clearTimeout(timer);
  const pauses = [state.pause || Infinity];
  if (state.screen === "room") {
    if (!state.problem && pairing.connection.models?.every((m) => isDemo(m.id))) pauses.push(DEMO_PAUSE);
    pauses.push(untilEnd(pairing.guest) / 1000 || LATE); // the laptop's clock may be slower than this one
  }
  const pause = Math.min(...pauses);
  if (pause < DAY) timer = setTimeout(again, pause * 1000); // browsers have no timers for months
}

// again does nothing while the screen is locked, because visibilitychange comes when there is
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
  pairing.code = typed;
  retry();
}

function listen() {
  addEventListener("hashchange", scanned); // scanned again while the page was open
  addEventListener("online", () => {
    gateway.address.forget();
    again();
  });
  addEventListener("offline", again);
  document.addEventListener("visibilitychange", again);
  gateway.breaks.addEventListener("broken", broke);
  gateway.breaks.addEventListener("mended", mended);
  addEventListener("storage", (event) => {
    if (pairing.differs(event)) adopt() || connect();
  });
  for (const id of ["open-apps", "use-app"]) {
    at(id).addEventListener("click", () => openSheet(pairing.connection, ours));
  }
  for (const id of ["open-chats", "earlier"]) at(id).addEventListener("click", () => chats.open());
}
