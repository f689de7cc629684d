// What a model thinks before it answers, told apart from the answer. Most servers send it separately;
// from others it comes in the answer itself, between <think> and </think>. Where the model's template
// already holds the first mark, only the second one comes. No DOM in here.

const OPEN = "<think>";
const CLOSE = "</think>";
const BARE = `\n${CLOSE}\n`; // without its first mark it counts only on a line of its own
const CODE = "```";

/** Thoughts sorts the pieces of one answer. */
export class Thoughts {
  #state = "start"; // then "thinking" and "after", or "text"
  #held = ""; // an end of what came that may turn out to be the beginning of a mark
  #maybe = true; // the text so far may turn out to be thoughts

  /**
   * add takes a piece {content, thinking} and returns what it adds to each: {text, thoughts}.
   * retract says that all text until now was thoughts, too.
   */
  add({ content, thinking = "" }) {
    this.#held += content;
    if (thinking) this.#maybe = false;
    if (this.#state === "start") this.#start();
    const thoughts = thinking + (this.#state === "thinking" ? this.#thought() : "");
    if (this.#state === "after") this.#after();
    if (this.#state !== "text") return { text: "", thoughts, retract: false };
    const before = this.#bare();
    if (before === null) return { text: this.#text(), thoughts, retract: false };
    return { text: this.#text(), thoughts: thoughts + before, retract: true };
  }

  /** end gives what was held back. */
  end() {
    const rest = this.#state === "after" ? "" : this.#held;
    this.#held = "";
    return this.#state === "thinking" ? { text: "", thoughts: rest, retract: false } : { text: rest, thoughts: "", retract: false };
  }

  #start() {
    const begun = this.#held.trimStart();
    if (begun.length < OPEN.length && OPEN.startsWith(begun)) return; // not known yet
    this.#state = begun.startsWith(OPEN) ? "thinking" : "text";
    if (this.#state === "thinking") this.#held = begun.slice(OPEN.length);
  }

  #thought() {
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) return this.#release(CLOSE);
    const thought = this.#held.slice(0, end);
    this.#held = this.#held.slice(end + CLOSE.length);
    this.#state = "after";
    return thought;
  }

  #after() {
    this.#held = this.#held.trimStart();
    if (this.#held === "") return;
    this.#state = "text";
    this.#maybe = false;
  }

  // bare returns what comes before a mark that had no first one, null while there is none.
  #bare() {
    const end = this.#maybe ? this.#held.indexOf(BARE) : -1;
    if (end < 0 || this.#held.slice(0, end).includes(CODE)) return null;
    const thought = this.#held.slice(0, end);
    this.#held = this.#held.slice(end + BARE.length);
    this.#state = "after";
    this.#after();
    return thought;
  }

  #text() {
    if (this.#state !== "text") return "";
    const text = this.#release(this.#maybe ? BARE : "");
    if (text.includes(CODE)) this.#maybe = false; // from here on a mark may be part of the code
    return text;
  }

  // release gives what is held, but for an end that may be the beginning of a mark.
  #release(mark) {
    let kept = Math.min(mark.length - 1, this.#held.length);
    while (kept > 0 && !mark.startsWith(this.#held.slice(-kept))) kept--;
    const released = this.#held.slice(0, this.#held.length - Math.max(kept, 0));
    this.#held = this.#held.slice(released.length);
    return released;
  }
}
