// A growing answer in blocks: those that no later word can change, and those that may still change. So
// showing a long answer costs no more than showing its last lines, and an endless one no more than a
// window of it at a time. No DOM in here.
import { blocksOf } from "./markdown.js";

// A window is what is read at a time: a glance where that is enough. Code costs little, so it
// gets a larger one.
const GLANCE = { length: 2048, lines: 40 };
const WINDOW = { length: 8192, lines: 150 };
const CODE = { length: 65536, lines: 4000 };
const RICH = 1048576; // characters of an answer; a phone has no room for more elements than these make
const ITEMS = 40; // of a list; in a longer one only the last may still change

// What the next piece of a block that was cut begins with, by the block's kind.
const HEADS = {
  fence: /^ {0,3}(?:```|~~~).*\n/,
  table: /^.{1,2000}\n.{1,2000}\n/,
};

const BIDI = /[\u202a-\u202e\u2066-\u2069]/g; // they let a text look as if it said something else

/** Blocks takes the pieces of an answer in and gives its blocks out, each {html} or {plain}. */
export class Blocks {
  #rest = ""; // what is in no settled block yet
  #taken = 0; // characters that are
  #plain = false; // within a block that is too large to be more than text

  append(text) {
    this.#rest += text.replace(BIDI, "");
  }

  /**
   * next gives {settled, open, more}: the blocks that are settled now, those that follow for the
   * time being, and whether there is more text than could be read at once. ended says that no
   * more pieces come.
   */
  next(ended = false) {
    if (this.#plain || this.#taken > RICH) return this.#nextPlain(ended);
    const read = (size) => this.#read(windowOf(this.#rest, size), ended);
    return read(GLANCE) ?? read(WINDOW) ?? this.#nextLarge(ended);
  }

  // read takes the blocks of a window, unless none is settled and there is more text after it.
  #read(window, ended) {
    const all = window.length === this.#rest.length;
    const blocks = blocksOf(window);
    const items = blocks.at(-1)?.items ?? [];
    if (items.length > ITEMS) return this.#settle(window, lineOffset(window, items.at(-1)));
    const settled = all && ended ? blocks.length : countSettled(window, blocks);
    if (settled === 0 && !all) return null;
    this.#take(settled < blocks.length ? lineOffset(window, blocks[settled].start) : settled && window.length);
    const shown = blocks.map((block) => show(block, window));
    return { settled: shown.slice(0, settled), open: all ? shown.slice(settled) : [], more: !all };
  }

  // nextLarge is for a block that fits in no window. A list is cut between two items; code and tables
  // go on in another block with the same head; everything else is shown as plain text.
  #nextLarge(ended) {
    let window = windowOf(this.#rest, WINDOW);
    const [block] = blocksOf(window);
    if (block?.start !== 0) return this.#skip(block ? lineOffset(window, block.start) : window.length);
    if (block.kind === "fence") {
      window = windowOf(this.#rest, CODE);
      const code = this.#read(window, ended);
      if (code) return code;
    }
    if (block.items.length > 1) return this.#settle(window, lineOffset(window, block.items.at(-1)));
    const head = HEADS[block.kind]?.exec(window)?.[0] ?? "";
    const at = cutAt(window);
    if (head !== "" && head.length < at) return this.#settle(window, at, head);
    this.#plain = true;
    return this.#nextPlain();
  }

  #settle(window, at, head = "") {
    this.#take(at, head);
    const text = window.slice(0, at);
    return { settled: blocksOf(text).map((block) => show(block, text)), open: [], more: true };
  }

  // skip leaves out what makes no block: empty lines.
  #skip(length) {
    this.#take(length);
    return { settled: [], open: [], more: true };
  }

  #nextPlain(ended = false) {
    const window = windowOf(this.#rest, WINDOW);
    const all = window.length === this.#rest.length;
    const empty = this.#taken > RICH ? -1 : window.search(/\n[ \t]*\n/);
    if (empty < 0 && all && !ended) return { settled: [], open: plain(window), more: false };
    const at = empty < 0 ? cutAt(window) : empty + 1;
    this.#plain = empty < 0 && !all;
    this.#take(at);
    return { settled: plain(window.slice(0, at)), open: [], more: this.#rest !== "" };
  }

  #take(length, head = "") {
    this.#taken += length;
    this.#rest = head + this.#rest.slice(length);
  }
}

// countSettled counts the blocks that are followed by another one whose first line is whole: what
// comes later cannot join them any more.
function countSettled(window, blocks) {
  const whole = window.split("\n").length - 1; // lines with an end
  let last = blocks.length - 1;
  while (last > 0 && blocks[last].start >= whole) last--;
  return Math.max(last, 0);
}

function show(block, window) {
  if (block.kind !== "deep") return { html: block.html() };
  return { plain: window.slice(lineOffset(window, block.start), lineOffset(window, block.end)) };
}

function plain(text) {
  return text === "" ? [] : [{ plain: text }];
}

function windowOf(text, { length, lines }) {
  const window = text.slice(0, length);
  return window.slice(0, lineOffset(window, lines));
}

// lineOffset finds where a line begins; the library ends lines in these three ways.
function lineOffset(text, line) {
  const ends = /\r\n?|\n/g;
  for (let n = 0; n < line; n++) {
    if (!ends.test(text)) return text.length;
  }
  return ends.lastIndex;
}

// cutAt ends a piece of a text that has no good place to be cut, but not within a character.
function cutAt(window) {
  const line = window.lastIndexOf("\n") + 1;
  if (line > window.length / 2) return line;
  const last = window.charCodeAt(window.length - 1);
  return last >= 0xd800 && last < 0xdc00 && window.length > 1 ? window.length - 1 : window.length;
}
