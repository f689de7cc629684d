// Carries one answer over breaks of the connection: a locked phone, another Wi-Fi, a lift. The laptop
// keeps what it sends; after a break the rest is asked for, from the byte after the last one that came.
// No DOM in here.
import { GatewayError, isAway, unreachable } from "./refusal.js";

const SILENCE = 25000; // milliseconds: the gateway speaks every 10 s, so this is a dead connection
const DOUBT = 3000; // after so much silence it is worth asking whether the laptop is there, again and again
const LOST = 2; // such questions in a row without an answer end the connection
const HASTE = 2500; // SILENCE after a sign that the connection broke
const UPLOAD = 50; // bytes that a slow connection sends in a millisecond
const PAUSES = [250, 500, 1000, 2000, 3000]; // between tries; the last one is repeated
const TRIES = 40; // about as long as the laptop keeps an answer; counted, because a clock may have slept

/**
 * carry makes a request and resolves to its answer {response, bytes}: the first Response, whose body is
 * not to be used, and an async generator of the body's bytes, each of them once, over however many
 * connections that takes. The call has
 *
 *   start(signal)        makes the request for the first time; resolves to a Response
 *   rest(from, signal)   asks for the bytes from there on
 *   size                 of the request, in bytes
 *   there()              resolves to whether the laptop is where the connection goes to, and fails
 *                        when it cannot be found
 *   broken(err)          is told when the laptop cannot be reached, and again for each try
 *   mended()             is told when it is there, whether or not it was gone
 *   heard()              is told whenever something comes
 *   wakes(listener)      calls listener when it is worth a look at once; returns what ends that
 *
 * and each throws GatewayErrors. Without start it begins with rest(0). It ends with an error when
 * it is refused, unreachable for too long, or when signal ends it.
 */
export async function carry(call, signal) {
  const parts = connections(call, signal);
  const { value: response } = await parts.next();
  return { response, bytes: parts };
}

// connections yields the first Response and then bytes.
async function* connections(call, signal) {
  let from = 0;
  let first = null;
  for (let tries = 0; ;) {
    const line = new Line(call, signal);
    let lost;
    try {
      const response = await line.open(first ? (end) => call.rest(from, end) : (end) => begin(call, tries, end));
      call.mended();
      if (!first) yield first = response;
      for await (const bytes of line.read(response.body)) {
        from += bytes.length;
        tries = 0;
        yield bytes;
      }
      return;
    } catch (err) {
      if (signal.aborted || !isAway(err) || tries === TRIES) throw err;
      lost = err;
    } finally {
      line.close();
    }
    if (tries > 0 || line.wasSilent) call.broken(lost); // else it may be mended before anybody has read it
    await rested(PAUSES[Math.min(tries++, PAUSES.length - 1)], call.wakes, signal);
  }
}

// begin makes the request. After a break nobody knows whether it arrived: it is only made again
// where the laptop says that it did not.
async function begin(call, tries, signal) {
  if (tries === 0 && call.start) return call.start(signal);
  try {
    return await call.rest(0, signal);
  } catch (err) {
    if (err.code !== "stream_not_found" || !call.start) throw err;
    return call.start(signal);
  }
}

// Line is one connection. It ends when the caller's signal does, and when it is silent for longer
// than a live one can be: a phone that changed its network gets no error from the old one.
class Line {
  #call;
  #signal;
  #ended = new AbortController();
  #timer = 0;
  #doubt = 0;
  #deaf;
  #spoke = performance.now(); // when something came last
  #opened = false;
  #upload = 0; // milliseconds that a slow connection takes for the request
  #unanswered = 0; // questions whether the laptop is there, in a row

  constructor(call, signal) {
    this.#call = call;
    this.#signal = signal;
    signal.addEventListener("abort", this.#end);
    this.#deaf = call.wakes(() => this.#wait(HASTE));
  }

  async open(ask) {
    ended(this.#signal);
    this.#upload = (this.#call.size ?? 0) / UPLOAD;
    this.#wait(SILENCE + this.#upload);
    const response = await this.#checked(ask(this.#ended.signal));
    this.#upload = 0;
    this.#opened = true;
    return response;
  }

  /** wasSilent tells whether a person waited in vain for the answer to begin. */
  get wasSilent() {
    return !this.#opened && this.#silence > DOUBT;
  }

  async* read(body) {
    const reader = body.getReader();
    try {
      for (;;) {
        this.#wait(SILENCE);
        const { done, value } = await this.#checked(reader.read());
        if (done) return;
        if (this.#unanswered > 0) this.#call.mended();
        this.#call.heard();
        yield value;
      }
    } finally {
      reader.cancel().catch(() => {}); // also when the caller leaves early
    }
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#doubt);
    this.#deaf();
    this.#signal.removeEventListener("abort", this.#end);
    this.#ended.abort();
  }

  #end = () => this.#ended.abort();

  get #silence() {
    return performance.now() - this.#spoke;
  }

  #wait(milliseconds) {
    clearTimeout(this.#timer);
    clearTimeout(this.#doubt);
    this.#timer = setTimeout(this.#end, milliseconds);
    this.#doubt = setTimeout(() => this.#check(this.#timer), DOUBT);
    this.#unanswered = 0;
    this.#spoke = performance.now();
  }

  // check asks whether the laptop is there, for as long as the connection is silent: one whose model
  // loads for minutes is, one that sleeps is not. It ends a connection to an address that the laptop
  // has left, and one to nowhere. But a request that fills a slow connection gets the time that it
  // needs: the question sent beside it may be what got lost.
  async #check(timer) {
    const there = await this.#call.there().catch((err) => err);
    if (timer !== this.#timer || this.#ended.signal.aborted) return; // it spoke meanwhile, or is over
    if (there === false) return this.#end();
    if (there === true) {
      this.#unanswered = 0;
      this.#call.mended();
    } else {
      this.#call.broken(there);
      if (++this.#unanswered >= LOST && this.#silence > this.#upload) return this.#end();
    }
    this.#doubt = setTimeout(() => this.#check(timer), DOUBT);
  }

  // checked waits for a step of the connection, but not after its end.
  async #checked(step) {
    const end = this.#ended.signal;
    let fail;
    const over = new Promise((_, reject) => { fail = () => reject(unreachable()); });
    end.addEventListener("abort", fail);
    if (end.aborted) fail(); // between two steps
    try {
      return await Promise.race([step, over]);
    } catch (err) {
      ended(this.#signal);
      throw err instanceof GatewayError ? err : unreachable();
    } finally {
      end.removeEventListener("abort", fail);
    }
  }
}

// ended is AbortSignal.throwIfAborted, which browsers have only had since 2022.
function ended(signal) {
  if (signal.aborted) throw signal.reason ?? new DOMException("stopped", "AbortError");
}

// rested waits, but no longer once there is a sign that the laptop can be reached again.
function rested(milliseconds, wakes, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      deaf();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    const deaf = wakes(done);
    signal.addEventListener("abort", done);
  });
}
