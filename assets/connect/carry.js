// Carries one answer over breaks of the connection: a locked phone, another Wi-Fi, a lift. The
// laptop keeps what it sends; after a break the rest is asked for, from the byte behind the last
// one that came. No DOM in here.
import { GatewayError, unreachable } from "./refusal.js";

const SILENCE = 25000; // milliseconds: the gateway speaks every 10 s, so this is a dead connection
const DOUBT = 4000; // after so much silence it is worth to ask whether the laptop is there
const HASTE = 2500; // the same after a sign that the connection broke
const UPLOAD = 50; // bytes that a slow connection sends in a millisecond
const PAUSES = [250, 500, 1000, 2000, 3000]; // between tries; the last one again and again
const TRIES = 40; // about as long as the laptop keeps an answer; counted, for a clock that slept

/**
 * carry makes a request and resolves to its answer {response, bytes}: the first Response, whose
 * body is not to be used, and an async generator of the body's bytes, whole and once, over however
 * many connections that takes. The call has
 *
 *   start(signal)        makes the request for the first time; resolves to a Response
 *   rest(from, signal)   asks for the bytes from there on
 *   size                 of the request, in bytes
 *   there()              resolves to whether the laptop is where the connection goes to
 *   broken()             is told when the connection broke and could not be mended at once
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
    try {
      const response = await line.open(first ? (end) => call.rest(from, end) : (end) => begin(call, tries, end));
      if (!first) yield first = response;
      for await (const bytes of line.read(response.body)) {
        from += bytes.length;
        tries = 0;
        yield bytes;
      }
      return;
    } catch (err) {
      if (signal.aborted || err.code !== "unreachable" || tries === TRIES) throw err;
    } finally {
      line.close();
    }
    if (tries > 0) call.broken();
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

  constructor(call, signal) {
    this.#call = call;
    this.#signal = signal;
    signal.addEventListener("abort", this.#end);
    this.#deaf = call.wakes(() => this.#wait(HASTE));
  }

  async open(ask) {
    this.#signal.throwIfAborted();
    this.#wait(SILENCE + (this.#call.size ?? 0) / UPLOAD);
    return this.#checked(ask(this.#ended.signal));
  }

  async* read(body) {
    const reader = body.getReader();
    try {
      for (;;) {
        this.#wait(SILENCE);
        const { done, value } = await this.#checked(reader.read());
        if (done) return;
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

  #wait(milliseconds) {
    clearTimeout(this.#timer);
    clearTimeout(this.#doubt);
    this.#timer = setTimeout(this.#end, milliseconds);
    this.#doubt = setTimeout(() => this.#check(this.#timer), DOUBT);
  }

  // check ends a connection to an address that the laptop has left, unless it spoke meanwhile.
  async #check(timer) {
    if (!await this.#call.there() && timer === this.#timer) this.#end();
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
      this.#signal.throwIfAborted();
      throw err instanceof GatewayError ? err : unreachable();
    } finally {
      end.removeEventListener("abort", fail);
    }
  }
}

// rested waits, or less when there is a sign that the laptop can be reached again.
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
