// The turns of a conversation as a person sees them: a question, and an answer under way or done.
import { Answer } from "../answer/later.js";
import { copyButton } from "../elements/clipboard.js";
import { button, make, picture, titled } from "../elements/dom.js";
import { photosOf, textOf } from "./messages.js";
import { sentence } from "./notes.js";
import { speechButton } from "./speech.js";
import { t } from "../words/text.js";

/** questionView makes the element of a question. */
export function questionView(message) {
  const view = make("article", "question");
  view.dir = "auto";
  const photos = photosOf(message).map((url) => picture(url, t("Photo")));
  if (photos.length > 0) view.append(make("div", "question-photos", ...photos));
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

  /** wait says what for, while nothing has come; "" is the usual. */
  wait(words) {
    if (!this.#source && !this.#thoughts) this.#note.textContent = words || t("Waiting for the model");
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
    this.element.append(make("div", "problem", titled("p", problem), button("small", t("Try again"), this.#again)));
  }

  /** restore shows a stored message; one with a stream is still under way. */
  restore(message) {
    const { content, thoughts = "", stream } = message;
    this.add({ text: content, thoughts });
    if (!stream) this.end(sentence(message));
  }

  /** clear takes away everything that came. */
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
    const text = make("div", "text");
    this.element.prepend(make("details", "thoughts", make("summary", "", t("Thoughts")), text));
    return new Answer(text);
  }

  // passOn is what else can be done with an answer in this browser: sharing is for secure pages only.
  #passOn() {
    const share = navigator.share && button("share", t("Share"), () => { navigator.share({ text: this.#source }).catch(() => {}); });
    return [share, globalThis.speechSynthesis && speechButton(() => this.#text.innerText)].filter(Boolean);
  }

  #actions() {
    const row = make("div", "actions");
    if (this.#source) row.append(copyButton("copy", () => this.#source, () => this.#text), ...this.#passOn());
    row.append(button("again", t("Try again"), this.#again));
    return row;
  }
}
