// The sheet "Use another app": links that open it, what to copy into it, codes for its scanner.
import { offersFor } from "./offers.js";
import { copyButton } from "../elements/clipboard.js";
import { at, button, make, picture, titled } from "../elements/dom.js";
import * as gateway from "../gateway/gateway.js";
import { problemOf } from "../words/problems.js";
import { testSection } from "./testview.js";
import { t, translated } from "../words/text.js";
import { wrapped } from "./wrap.js";

const sheet = at("apps");
const body = at("apps-body");

/** openSheet shows the apps of a platform for the connection {key, models, model}. */
export async function openSheet(connection, platform) {
  body.replaceChildren();
  sheet.showModal();
  await fill(connection, platform, false);
}

// fill shows the offers; with lasting they are made for the laptop's lasting address.
async function fill(connection, platform, lasting) {
  try {
    const [offers, lasts] = await Promise.all([gateway.apps(connection.key, lasting), gateway.address.lasts()]);
    const choice = lasts ? [choose(lasting, (chosen) => fill(connection, platform, chosen))] : [];
    body.replaceChildren(...choice, ...content(offersFor(offers, platform), connection));
  } catch (err) {
    const again = button("small", t("Try again"), () => fill(connection, platform, lasting));
    body.replaceChildren(make("p", "trouble", titled("span", problemOf(err)), again));
  }
}

// choose is the switch between the address of today, which every app can use, and the lasting
// one, which needs an app that looks up names as this browser does.
function choose(lasting, change) {
  const box = make("input", "");
  Object.assign(box, { type: "checkbox", checked: lasting, id: "lasting" });
  box.setAttribute("role", "switch");
  box.addEventListener("change", () => change(box.checked));
  const words = make("span", "",
    make("strong", "", t("Keeps working when the laptop’s address changes")),
    make("span", "quiet", t("Apps then look for the laptop by its name. If one does not find it, turn this off.")),
  );
  return make("label", "choice", words, box);
}

at("close-apps").addEventListener("click", () => sheet.close());
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // the backdrop; what is inside has its own targets
});

function content({ first: [best, ...others], more, other }, connection) {
  return [
    ...(best ? [featured(best)] : []),
    heading(translated(other.name)),
    ...other.ways.flatMap((way) => [steps(way), group(...tools(other, way))]),
    ...(others.length > 0 ? [heading(t("Step by step")), group(...others.map(row))] : []),
    folded(t("More apps"), group(...more.map(row))),
    heading(t("An app cannot connect?")),
    testSection(connection, sheet),
  ];
}

function featured(app) {
  const [best, ...others] = app.ways;
  const card = make("section", "featured", ...tools(app, best), steps(best));
  if (others.length > 0 || app.note) {
    const help = group(...others.flatMap((way) => [steps(way), ...tools(app, way)]), ...note(app));
    card.append(folded(t("Did nothing happen?"), help));
  }
  return card;
}

function row(app) {
  const ways = app.ways.flatMap((way) => [steps(way), ...tools(app, way)]);
  const details = make("details", "row", make("summary", "", app.name), ...ways, ...note(app));
  details.name = "app"; // one open at a time, where the browser knows that
  return details;
}

function steps(way) {
  return make("p", "quiet", translated(way.steps));
}

function note(app) {
  return app.note ? [make("p", "quiet", translated(app.note))] : [];
}

// tools is what a way hands to the person: a link, a text, a picture or fields.
function tools(app, way) {
  if (way.link) return [opener(app, way.link)];
  if (way.text) return [field(t("Text"), way.text)];
  if (way.picture) return [code(app, way.picture)];
  return (way.fields ?? []).map((f) => (f.secret ? secret : field)(translated(f.label), f.value));
}

function opener(app, address) {
  const link = make("a", "button", t("Open in {app}", { app: app.name }));
  link.href = address;
  if (address.startsWith("https:")) Object.assign(link, { target: "_blank", rel: "noreferrer" });
  return link;
}

// code is for another screen, or to be saved for the app that reads it from the gallery.
function code(app, drawn) {
  const save = make("a", "small", t("Save picture"));
  Object.assign(save, { href: drawn, download: `modelbeam-${app.id}.png` });
  return make("div", "code", picture(drawn, t("QR code for {app}", { app: app.name })), save);
}

function folded(title, content) {
  return make("details", "more", make("summary", "", title), content);
}

function group(...children) {
  return make("div", "group", ...children);
}

function heading(text) {
  return make("h3", "", text);
}

function field(label, value) {
  const shown = make("code", "", wrapped(value));
  const reveal = () => {
    shown.replaceChildren(wrapped(value));
    return shown;
  };
  const words = make("div", "field-words", make("span", "quiet", label), shown);
  return make("div", "field", words, copyButton("small", () => value, reveal, () => { at("copied").textContent = t("Copied"); }));
}

// secret is a field whose value is hidden until the person asks for it.
function secret(label, value) {
  const box = field(label, value);
  const shown = box.querySelector("code");
  const masked = "mb_••••••••";
  shown.textContent = masked;
  const toggle = button("small", t("Show"), () => {
    const hide = shown.textContent === value;
    shown.textContent = hide ? masked : value;
    toggle.textContent = hide ? t("Show") : t("Hide");
  });
  box.lastChild.before(toggle);
  return box;
}
