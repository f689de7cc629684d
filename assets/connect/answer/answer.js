// A model's answer as elements. It is Markdown that became markup in markdown.js; here it is
// sanitised, dressed with what the page adds (labels, Copy, where a link leads), and put into
// the page without touching what is there already, so that a selection and the scrolling of a
// table survive the next word.
import purify from "../vendor/dompurify.js";
import { Blocks } from "./blocks.js";
import { copy } from "../elements/clipboard.js";
import { button, icon, make } from "../elements/dom.js";
import { paintSoon } from "./painter.js";
import { t } from "../words/text.js";

// Everything that an answer may hold. Nothing here can load, run, or be sent.
const ALLOWED = {
  ALLOWED_TAGS: [
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "a",
    "div", "span", "table", "thead", "tbody", "tr", "th", "td", "#text",
  ],
  ALLOWED_ATTR: ["href", "class", "dir", "start"],
  ALLOWED_URI_REGEXP: /^(https?:|mailto:)/i,
  ADD_URI_SAFE_ATTR: ["dir", "start"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};
const PART = 100; // blocks that are laid out together, or not at all while they are off the screen
const LONGEST_LABEL = 24; // characters of a language's name

/** Answer keeps an element showing a growing text, in parts of some blocks each. */
export class Answer {
  #element;
  #part = make("div", "part"); // the last one
  #settled = 0; // children of the last part that do not change any more
  #blocks = new Blocks();
  #ended = false;

  constructor(element) {
    this.#element = element;
    element.addEventListener("click", copyCode);
  }

  /** append adds a piece; it is seen in one of the next frames. */
  append(piece) {
    this.#blocks.append(piece);
    paintSoon(this);
  }

  /** end says that the text is whole. */
  end() {
    this.#ended = true;
    paintSoon(this);
  }

  /** draw is for the painter: it shows some of what is new, and returns whether there is more. */
  draw() {
    const { settled, open, more } = this.#blocks.next(this.#ended);
    this.#place([...elements(settled), ...elements(open)], more);
    this.#settled += settled.length;
    if (this.#settled >= PART) this.#turn();
    return more;
  }

  // place puts blocks after the settled ones. What is there stays as long as more is to come.
  #place(fresh, more) {
    const shown = this.#part.children;
    fresh.forEach((node, i) => {
      const old = shown[this.#settled + i];
      if (old) patch(old, node);
      else this.#part.append(node);
    });
    while (!more && shown.length > this.#settled + fresh.length) this.#part.lastChild.remove();
    if (fresh.length > 0 && !this.#part.parentNode) this.#element.append(this.#part);
  }

  // turn begins the next part, with the blocks that may still change.
  #turn() {
    const open = [...this.#part.children].slice(this.#settled);
    this.#part.classList.add("whole");
    this.#part = make("div", "part");
    this.#part.append(...open);
    if (open.length > 0) this.#element.append(this.#part);
    this.#settled = 0;
  }
}

// elements makes one element of each block.
function elements(blocks) {
  const box = purify.sanitize(blocks.map((block) => block.html ?? '<p class="plain" dir="auto"></p>').join(""), ALLOWED);
  const plain = box.querySelectorAll(".plain");
  blocks.filter((block) => !block.html).forEach((block, i) => { plain[i].textContent = block.plain; });
  box.querySelectorAll("pre").forEach(dressCode);
  box.querySelectorAll("a").forEach(dressLink);
  box.querySelectorAll("h1, h2, h3, h4, h5, h6").forEach(dressTitle);
  return [...box.children];
}

function dressCode(pre) {
  const language = /^language-(\S+)/.exec(pre.firstElementChild?.className)?.[1] ?? "";
  const head = make("div", "code-head", make("span", "language", language.slice(0, LONGEST_LABEL)), button("copy", t("Copy"))); // see copyCode
  const box = make("div", "code-block", head);
  pre.tabIndex = 0; // to scroll a long line with the keyboard
  pre.replaceWith(box);
  box.append(pre);
}

// dressLink says where a link leads, in the letters that count: a name that only looks like
// another one is spelled out by the browser ("xn--...").
// dressTitle puts a title below the page's own, to a screen reader.
function dressTitle(title) {
  title.setAttribute("aria-level", String(Math.min(6, Number(title.localName[1]) + 1)));
}

function dressLink(link) {
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  const place = link.protocol === "mailto:" ? link.pathname : link.host;
  if (!place) link.removeAttribute("href");
  const words = make("bdi", "", ...link.childNodes);
  link.append(words);
  if (link.classList.contains("picture")) link.prepend(icon("#icon-photo"));
  if (place && !tells(words.textContent, link, place)) link.append(" ", make("span", "place", place));
}

// tells reports whether the words of a link are its address, spelled as the browser reads it.
function tells(words, link, place) {
  if (words === place) return true;
  try {
    return words.includes(place) && new URL(words).href === link.href;
  } catch {
    return false;
  }
}

// copyCode listens for all Copy buttons of an answer: they are made anew as it grows.
function copyCode({ target }) {
  const tapped = target.closest("button.copy");
  if (!tapped) return;
  const code = tapped.closest(".code-block").querySelector("code");
  copy(code.textContent, () => code, tapped);
}

// patch makes old look like fresh and leaves alone what already does.
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) old.replaceWith(fresh);
  else if (old.nodeType === Node.TEXT_NODE) patchText(old, fresh.data);
  else patchElement(old, fresh);
}

function patchText(old, text) {
  if (text.startsWith(old.data)) old.appendData(text.slice(old.data.length));
  else old.data = text;
}

function patchElement(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  const nodes = [...fresh.childNodes];
  nodes.forEach((node, i) => {
    if (old.childNodes[i]) patch(old.childNodes[i], node);
    else old.append(node);
  });
  while (old.childNodes.length > nodes.length) old.lastChild.remove();
}
