// One answer under way: its pieces go into the message that is kept and the view that is seen.
import { extend } from "./messages.js";
import { problemOf } from "../words/problems.js";
import { noteOf, sentence } from "./notes.js";
import { Thoughts } from "./thoughts.js";

/** Reply fills message {content, thoughts, notes} and view with an answer. */
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
   * read takes pieces {content, thinking, finish} to their end, or to that of signal, and says the
   * notes and what happened below the answer. It resolves to the refusal that ended it, or to null.
   */
  async read(pieces, signal, before = []) {
    const notes = [...before];
    let refusal = null;
    try {
      for await (const piece of pieces) {
        this.#put(this.#thoughts.add(piece));
        if (piece.finish === "length") notes.push({ of: "length" });
      }
    } catch (err) {
      if (signal.aborted) notes.push({ of: "stopped" });
      else if (err.code === "stream_not_found") notes.push({ of: "lost" });
      else refusal = err;
    }
    this.#put(this.#thoughts.end());
    this.#end(notes, refusal);
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

  #end(notes, refusal) {
    const message = this.#message;
    delete message.stream;
    if (refusal) message.notes = [noteOf(refusal)];
    else message.notes = notes.length > 0 || message.content ? notes : [{ of: "empty" }];
    const problem = refusal && problemOf(refusal);
    // Trying again is of no use to a guest whose pass is over. What is of use stands above the field.
    if (problem && problem.kind !== "pass") this.#view.fail(problem);
    else this.#view.end(sentence(message));
  }
}
