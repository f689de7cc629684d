// The sheet "Use another app": links that open it, and what to copy into it.
import { appsFor } from "./apps.js";
import { t } from "./text.js";

const sheet = document.getElementById("apps");
const body = document.getElementById("apps-body");
const copied = document.getElementById("copied");

/** openSheet shows the apps of a platform for the connection {base, id, name, key, models}. */
export function openSheet(connection, platform) {
  const { first: [best, ...others], more } = appsFor(platform);
  body.replaceChildren(
    featured(best, connection),
    heading(t("Any other app")),
    make("p", "quiet", t("For apps that take an OpenAI-compatible server.")),
    group(field(t("Address"), `${connection.base}/v1`), secret(t("Key"), connection.key)),
    heading(t("Step by step")),
    group(...others.map((app) => row(app, connection))),
    folded(t("More apps"), group(...more.map((app) => row(app, connection)))),
  );
  sheet.showModal();
}

document.getElementById("close-apps").addEventListener("click", () => sheet.close());
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // the backdrop; what is inside has its own targets
});

function featured(app, connection) {
  const card = make("section", "featured");
  card.append(opener(app, connection), make("p", "quiet", app.steps));
  return card;
}

function row(app, connection) {
  const details = make("details", "row");
  details.name = "app"; // one open at a time, where the browser knows that
  details.append(make("summary", "", app.name), make("p", "quiet", app.steps));
  if (app.link) details.append(opener(app, connection));
  if (app.text) details.append(field(t("Text"), app.text(connection)));
  if (app.fields) {
    details.append(field(t("Address"), app.fields.address(connection)));
    if (!app.fields.keyless) details.append(secret(t("Key"), connection.key));
  }
  return details;
}

function opener(app, connection) {
  const link = make("a", "button", t("Open in {app}", { app: app.name }));
  link.href = app.link(connection);
  return link;
}

function folded(title, content) {
  const details = make("details", "more");
  details.append(make("summary", "", title), content);
  return details;
}

function group(...children) {
  const box = make("div", "group");
  box.append(...children);
  return box;
}

function heading(text) {
  return make("h3", "", text);
}

function field(label, value) {
  const box = make("div", "field");
  const words = make("div", "field-words");
  const shown = make("code", "", value);
  words.append(make("span", "quiet", label), shown);
  box.append(words, button(t("Copy"), (self) => copy(value, shown, self)));
  return box;
}

// secret is a field whose value is hidden until the person asks for it.
function secret(label, value) {
  const box = field(label, value);
  const shown = box.querySelector("code");
  const masked = "mb_••••••••";
  shown.textContent = masked;
  const toggle = button(t("Show"), () => {
    const hide = shown.textContent === value;
    shown.textContent = hide ? masked : value;
    toggle.textContent = hide ? t("Show") : t("Hide");
  });
  box.lastChild.before(toggle);
  return box;
}

// copy works on plain http, where browsers withhold navigator.clipboard. If even that is
// refused, the value is shown and selected for the phone's own menu.
function copy(value, shown, self) {
  const area = make("textarea", "unseen");
  area.value = value;
  area.readOnly = true; // keeps the phone's keyboard away
  body.append(area); // inside the dialog: a modal one lets nothing else be selected
  area.select();
  area.setSelectionRange(0, value.length);
  const done = document.execCommand("copy");
  area.remove();
  self.focus({ preventScroll: true });
  if (done) {
    announce(self);
    return;
  }
  shown.textContent = value;
  getSelection().selectAllChildren(shown);
}

function announce(self) {
  self.textContent = t("Copied");
  self.classList.add("done");
  copied.textContent = t("Copied");
  clearTimeout(self.reset);
  self.reset = setTimeout(() => {
    self.textContent = t("Copy");
    self.classList.remove("done");
    copied.textContent = "";
  }, 1800);
}

function button(text, act) {
  const el = make("button", "small", text);
  el.type = "button";
  el.addEventListener("click", () => act(el));
  return el;
}

function make(name, className, text = "") {
  const el = document.createElement(name);
  if (className) el.className = className;
  el.append(text);
  return el;
}
