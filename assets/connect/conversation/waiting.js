// What is said while nothing of an answer has come: a model that is being loaded can take minutes, and the
// laptop's server tells. No DOM in here.

const WONDER = 1500; // milliseconds after which a person wonders what is going on
const AGAIN = 2000; // between looks
const PAUSE = 5; // seconds between tries, where the laptop says of none

/**
 * Waiting asks state() how far the model is, as long as nothing has come, and calls show(loading) with
 * whether it is being loaded. A server that does not tell is not loading.
 */
export class Waiting {
  #state;
  #show;
  #timer = 0;
  #over = false;

  constructor({ state, show }) {
    this.#state = state;
    this.#show = show;
  }

  /** over yields the pieces of an answer, begun again for as long as the laptop only says that its model is being loaded. */
  async* over(begin, signal) {
    this.#timer = setTimeout(() => this.#look(), WONDER);
    try {
      for await (const piece of this.#patiently(begin, signal)) {
        if (piece.content || piece.thinking) this.#end();
        yield piece;
      }
    } finally {
      this.#end();
    }
  }

  async* #patiently(begin, signal) {
    for (;;) {
      try {
        yield* begin(signal);
        return;
      } catch (err) {
        if (signal.aborted || !isLoading(err)) throw err;
        this.#show(true);
        await rested((err.wait || PAUSE) * 1000, signal);
      }
    }
  }

  async #look() {
    const state = await this.#state().catch(() => "");
    if (this.#over) return;
    this.#show(state === "loading" || state === "unloaded");
    this.#timer = setTimeout(() => this.#look(), AGAIN);
  }

  #end() {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

// isLoading knows the gateway's word for it, and llama.cpp's own, which comes when it has just been started.
function isLoading({ code, status, message }) {
  return code === "model_loading" || (status === 503 && message === "Loading model");
}

// rested waits, but no longer than the person does.
function rested(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop);
  });
}
