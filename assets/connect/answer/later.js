// An answer on a page of which not all has come yet: the libraries that draw answers are the largest part of
// it, and the last, because nobody needs them to be connected.

let Drawn = null; // Answer of answer.js, once it is there
const waiting = new Set();

/** Answer keeps an element showing a growing text, as the one of answer.js does, from when that has come. */
export class Answer {
  #element;
  #drawn = null;
  #text = "";
  #ended = false;

  constructor(element) {
    this.#element = element;
    if (Drawn) this.#drawn = new Drawn(element);
    else waiting.add(this);
  }

  /** append adds a piece. */
  append(piece) {
    if (this.#drawn) this.#drawn.append(piece);
    else this.#text += piece;
  }

  /** end says that the text is whole. */
  end() {
    if (this.#drawn) this.#drawn.end();
    else this.#ended = true;
  }

  /** begin shows what has come until now. */
  begin() {
    this.#drawn = new Drawn(this.#element);
    if (this.#text) this.#drawn.append(this.#text);
    if (this.#ended) this.#drawn.end();
  }
}

/** arrive is called once, with the class that draws. */
export function arrive(drawn) {
  Drawn = drawn;
  for (const answer of waiting) answer.begin();
  waiting.clear();
}
