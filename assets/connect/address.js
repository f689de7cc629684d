// Where the laptop answers. The page came from an address that it may lose: a router hands out
// another one. A laptop that has a name in the home network keeps that one. No DOM in here.
import { GatewayError, refusalIn, unreachable } from "./refusal.js";

const PATIENCE = 8000; // milliseconds for an answer of the gateway itself
const HEAD_START = 1200; // of the page's own address before the lasting one is tried
const SHORT_START = 800; // the same while the lasting one is in use
const QUESTION = 4000; // for finding out whether this phone knows the laptop's name

/**
 * Address is the way to one laptop: the page's own address, which is "", or its lasting one. An
 * own address that works again is preferred again: it needs nobody to look up a name.
 */
export class Address {
  #fetch;
  #base = "";
  #id = "";
  #local = "";
  #known; // a promise of whether the lasting address works from here

  constructor(fetch = (...args) => globalThis.fetch(...args)) {
    this.#fetch = fetch;
  }

  /** know sets which laptop it is, and its lasting address, if it has one. */
  know({ id = "", local = "" }) {
    if (id !== this.#id || local !== this.#local) this.#known = undefined;
    if (local !== this.#local) this.#base = "";
    this.#id = id;
    this.#local = local;
  }

  /** url is a path of the gateway at the address that answered last. */
  url(path) {
    return this.#base + path;
  }

  /**
   * find asks for the laptop at each of its addresses and goes on with the one that answers:
   * {id, name}. It fails as unreachable, or as other_laptop when another one answers.
   */
  async find() {
    const own = this.#identity("", PATIENCE);
    const ways = this.#local ? [own, this.#lasting(own)] : [own];
    try {
      const { base, ...identity } = await Promise.any(ways);
      this.#base = base;
      return identity;
    } catch {
      return own; // which says why, better than the other one
    }
  }

  /**
   * lasts tells whether this phone reaches the laptop by its lasting address. It asks once for
   * each network: forget makes it ask again.
   */
  lasts() {
    if (!this.#local) return Promise.resolve(false);
    this.#known ??= this.#identity(this.#local, QUESTION).then(() => true, () => false);
    return this.#known;
  }

  /** forget is for a phone that may be in another network now. */
  forget() {
    this.#known = undefined;
  }

  // lasting asks at the lasting address once the own one had its chance.
  async #lasting(own) {
    const answered = own.then(() => true, () => false);
    if (await Promise.race([answered, pause(this.#base ? SHORT_START : HEAD_START)])) return own;
    return this.#identity(this.#local, PATIENCE);
  }

  async #identity(base, patience) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), patience);
    try {
      const response = await this.#fetch(`${base}/healthz`, { cache: "no-store", signal: late.signal });
      if (!response.ok) throw await refusalIn(response);
      const { id, name } = await response.json();
      if (this.#id && id !== this.#id) throw new GatewayError({ code: "other_laptop" });
      return { base, id, name };
    } catch (err) {
      throw err instanceof GatewayError ? err : unreachable();
    } finally {
      clearTimeout(timer);
    }
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds, false); });
}
