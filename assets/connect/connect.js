// The connect page: it pairs this phone with the laptop, shows how that stands, and opens the
// room to chat in. This module decides which screen is seen; nothing else does.
import { Chat } from "./chat.js";
import * as gateway from "./gateway.js";
import { chatModels, isDemo } from "./models.js";
import { codeFromFragment, deviceName, formatCode, isWhole, normalizeCode, platform } from "./pairing.js";
import { problemOf } from "./problems.js";
import { openSheet } from "./share.js";
import { t, translate } from "./text.js";

const STORE = "modelbeam";
const PAUSES = [1, 2, 4, 8, 15]; // seconds before the page tries again by itself
const DEMO_PAUSE = 5000; // milliseconds between looks for a real model
const at = (id) => document.getElementById(id);

const chat = new Chat((err) => fail(err));
let connection = stored(); // {key, id, name, model}; {} before the first pairing
let code = ""; // a code that was not traded for a key yet
let connecting = false;
let failures = 0;
let timer = 0;
let wait = 0; // seconds before another code may be tried

translate(document);
followKeyboard();
listen();
begin();

function begin() {
  code = codeFromFragment(location.hash);
  // The code does not stay in the address bar, in the history or in a shared link.
  if (location.hash) history.replaceState(null, "", location.pathname);
  connect();
}

async function connect() {
  clearTimeout(timer);
  if (connecting) return;
  if (!code && !connection.key) {
    welcome();
    return;
  }
  connecting = true;
  if (!inRoom() && failures === 0) busy();
  try {
    if (code) await trade();
    await greet();
    failures = 0;
    enter();
  } catch (err) {
    fail(err);
  } finally {
    connecting = false;
  }
}

// trade gets a key for the code. A spent code does not matter to a phone that has a key already:
// people scan the same code twice. While the laptop is away the code is kept, it may still be good.
async function trade() {
  try {
    const answer = await gateway.pair(code, deviceName(navigator.userAgent, navigator.maxTouchPoints));
    connection = { model: connection.model, key: answer.key, name: answer.name };
    store();
  } catch (err) {
    if (problemOf(err).kind !== "pair") throw err;
    code = "";
    if (!connection.key) throw err;
  }
  code = "";
}

// greet checks that this is the laptop that the key is for, before it sends the key.
async function greet() {
  const { id, name } = await gateway.identity();
  if (connection.id && connection.id !== id) throw new gateway.GatewayError({ code: "other_laptop" });
  const models = chatModels(await gateway.models(connection.key));
  if (models.length === 0) throw new gateway.GatewayError({ code: "no_server" });
  Object.assign(connection, { id, name, models });
  store();
}

function enter() {
  const arriving = !inRoom();
  document.title = `${connection.name} · Modelbeam`;
  at("status").hidden = true;
  at("room").hidden = false;
  chat.open({ ...connection, remember });
  if (arriving) chat.focus();
  if (connection.models.every((m) => isDemo(m.id))) timer = setTimeout(again, DEMO_PAUSE);
}

function remember(model) {
  connection.model = model;
  store();
}

function fail(err) {
  const problem = problemOf(err);
  if (problem.kind === "pair") {
    if (problem.code === "removed" || problem.code === "invalid_api_key") forget();
    ask(problem);
    return;
  }
  if (problem.kind === "chat" && inRoom()) {
    connect(); // the list of models has probably changed
    return;
  }
  if (inRoom() && !chat.empty) chat.trouble(problem);
  else show(problem, "away");
  clearTimeout(timer);
  timer = setTimeout(again, PAUSES[Math.min(failures++, PAUSES.length - 1)] * 1000);
}

// again does nothing behind a locked screen, because visibilitychange comes when there is
// somebody, and nothing while the person is asked for a code.
function again() {
  const asking = !inRoom() && !at("code-form").hidden;
  if (!document.hidden && !asking) connect();
}

// The status screen in its four ways.

function busy() {
  show({ picture: "busy", title: t("Connecting…"), advice: "" });
}

function welcome() {
  ask({ picture: "pair", title: t("Connect to your laptop"), advice: t("Scan the code in Modelbeam on the laptop with the camera, or type it here.") });
}

function ask(problem) {
  show(problem, "pair");
  at("code").value = "";
  lockFor(problem.wait ?? 0);
}

function show({ picture, title, advice }, kind = "busy") {
  document.title = `${title} · Modelbeam`;
  at("room").hidden = true;
  at("status").hidden = false;
  at("status-glyph").dataset.kind = picture;
  at("status-glyph").querySelector("use").setAttribute("href", `#icon-${picture === "pair" ? "scan" : picture}`);
  at("status-title").textContent = title;
  at("status-advice").textContent = advice;
  at("code-form").hidden = kind !== "pair";
  at("retry").hidden = at("status-note").hidden = kind !== "away";
}

// lockFor keeps the code's button still for so many seconds and counts them down.
function lockFor(seconds) {
  wait = seconds;
  drawSubmit();
  clearTimeout(timer);
  if (seconds > 0) timer = setTimeout(lockFor, 1000, seconds - 1);
}

function drawSubmit() {
  at("code-submit").disabled = wait > 0 || !isWhole(normalizeCode(at("code").value));
  at("code-submit").textContent = wait > 0 ? t("Wait {seconds} s", { seconds: wait }) : t("Connect");
}

function inRoom() {
  return !at("room").hidden;
}

function listen() {
  addEventListener("hashchange", () => location.reload()); // scanned again while the page was open
  addEventListener("online", again);
  document.addEventListener("visibilitychange", again);
  at("retry").addEventListener("click", () => {
    failures = 0; // so that the person sees that something happens
    connect();
  });
  at("code").addEventListener("input", typed);
  at("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    code = normalizeCode(at("code").value);
    connect();
  });
  for (const id of ["open-apps", "use-app"]) {
    at(id).addEventListener("click", () => openSheet(connection, platform(navigator.userAgent, navigator.maxTouchPoints)));
  }
}

function typed(event) {
  const field = at("code");
  // Only at the end: a cursor in the middle would jump, and an input method would be disturbed.
  if (!event.isComposing && field.selectionEnd === field.value.length) field.value = formatCode(normalizeCode(field.value));
  drawSubmit();
}

// iOS lays the keyboard over the page and tells only the visual viewport.
function followKeyboard() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => {
    if (viewport.scale > 1.01) return; // the person zoomed in; let them look around
    document.documentElement.style.setProperty("--height", `${viewport.height}px`);
    scrollTo(0, 0);
  };
  viewport.addEventListener("resize", fit);
  fit();
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {}; // nothing there, or storage is switched off
  }
}

function store() {
  const { models, ...lasting } = connection; // models are asked for each time
  try {
    localStorage.setItem(STORE, JSON.stringify(lasting));
  } catch {
    // Without storage the connection lasts as long as the page.
  }
}

function forget() {
  connection = { model: connection.model };
  store();
}
