// The turns of a conversation as a person sees them: a question, and an answer under way or done.
import { Answer } from "./answer.js";
import { copyText, sayCopied } from "./clipboard.js";
import { button, make } from "./dom.js";
import { photosOf, textOf } from "./messages.js";
import { t } from "./text.js";

/** questionView makes the element of a question. */
export function questionView(message) {
  const view = make("article", "question");
  view.dir = "auto";
  const photos = photosOf(message).map((url) => Object.assign(make("img", ""), { src: url, alt: t("Photo") }));
  if (photos.length > 0) {
    const row = make("div", "question-photos");
    row.append(...photos);
    view.append(row);
  }
  if (textOf(message)) view.append(make("p", "", textOf(message)));
  return view;
}

/** AnswerView is one answer in the log. again is what "Try again" does. */
export class AnswerView {
  element = make("article", "answer");
  #again;
  #thoughts = null; // the Answer that shows them
  #text = make("div", "text");
  #answer = new Answer(this.#text);
  #note = make("p", "note thinking", t("Waiting for the model"));
  #source = ""; // the Markdown, to be copied

  constructor(again) {
    this.#again = again;
    this.element.append(this.#text, this.#note);
  }

  /** add shows what came, {text, thoughts, retract}. */
  add({ text, thoughts, retract }) {
    if (retract) thoughts = this.#retract() + thoughts;
    if (thoughts) this.#think(thoughts);
    if (!text) return;
    this.#note.hidden = true;
    this.#source += text;
    this.#answer.append(text);
  }

  /** end shows the answer as whole, with a note about it or "". */
  end(note) {
    this.#answer.end();
    this.#thoughts?.end();
    this.#note.className = "note quiet";
    this.#note.textContent = note;
    this.#note.hidden = !note;
    if (this.#source || note) this.element.append(this.#actions());
  }

  /** fail ends the answer with a problem {title, advice}. */
  fail(problem) {
    this.end("");
    this.element.querySelector(".again")?.remove();
    const card = make("div", "problem");
    const words = make("p", "");
    words.append(make("strong", "", problem.title), " ", problem.advice);
    card.append(words, button("small", t("Try again"), this.#again));
    this.element.append(card);
  }

  /** restore shows a stored message; one with a stream is still under way. */
  restore({ content, thoughts = "", note = "", stream }) {
    this.add({ text: content, thoughts });
    if (!stream) this.end(note);
  }

  /** clear takes everything away that came. */
  clear() {
    this.#retract();
    this.element.querySelector(".thoughts")?.remove();
    this.#thoughts = null;
  }

  #retract() {
    const text = this.#source;
    this.#source = "";
    const fresh = make("div", "text"); // the old one may still be drawn to
    this.#text.replaceWith(fresh);
    this.#text = fresh;
    this.#answer = new Answer(fresh);
    return text;
  }

  #think(thoughts) {
    this.#thoughts ??= this.#openThoughts();
    this.#thoughts.append(thoughts);
    if (!this.#source) this.#note.textContent = t("Thinking");
  }

  #openThoughts() {
    const details = make("details", "thoughts");
    const text = make("div", "text");
    details.append(make("summary", "", t("Thoughts")), text);
    this.element.prepend(details);
    return new Answer(text);
  }

  #actions() {
    const row = make("div", "actions");
    if (this.#source) row.append(button("copy", t("Copy"), ({ currentTarget }) => this.#copy(currentTarget)));
    row.append(button("again", t("Try again"), this.#again));
    return row;
  }

  #copy(self) {
    if (copyText(this.#source, self)) sayCopied(self);
    else getSelection().selectAllChildren(this.#text); // for the phone's own menu
  }
}
