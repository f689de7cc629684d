// One answer under way: its pieces go into the message that is kept and the view that is seen.
import { extend } from "./messages.js";
import { problemOf } from "../words/problems.js";
import { t } from "../words/text.js";
import { Thoughts } from "./thoughts.js";

/** Reply fills message {content, thoughts, note} and view with an answer. */
export class Reply {
  #message;
  #view;
  #begun = false;
  #thoughts = new Thoughts();

  constructor(message, view) {
    this.#message = message;
    this.#view = view;
  }

  /**
   * read takes pieces {content, thinking, finish} to their end, or to that of signal, and says
   * note and what happened below the answer. It resolves to the refusal that ended it, or to null.
   */
  async read(pieces, signal, note = "") {
    const notes = [note];
    let refusal = null;
    try {
      for await (const piece of pieces) {
        this.#put(this.#thoughts.add(piece));
        if (piece.finish === "length") notes.push(t("The answer reached its length limit."));
      }
    } catch (err) {
      if (signal.aborted) notes.push(t("Stopped"));
      else if (err.code === "stream_not_found") notes.push(t("The answer was cut off."));
      else refusal = err;
    }
    this.#put(this.#thoughts.end());
    this.#end(notes.filter(Boolean).join(" "), refusal);
    return refusal;
  }

  // put adds to the answer. What is there is replaced first: an answer that is picked up comes
  // once more from its beginning.
  #put(part) {
    if (!part.text && !part.thoughts && !part.retract) return;
    if (!this.#begun) {
      Object.assign(this.#message, { content: "", thoughts: "" });
      this.#view.clear();
    }
    this.#begun = true;
    extend(this.#message, part);
    this.#view.add(part);
  }

  #end(note, refusal) {
    const message = this.#message;
    delete message.stream;
    if (refusal) {
      const problem = problemOf(refusal);
      message.note = problem.title;
      // Trying again is of no use to a guest whose pass is over. What is of use stands above the field.
      if (problem.kind === "pass") this.#view.end(message.note);
      else this.#view.fail(problem);
    } else {
      message.note = note || (message.content ? "" : t("The model gave no answer."));
      this.#view.end(message.note);
    }
  }
}
