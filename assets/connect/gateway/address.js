// Where the laptop answers, and whether it is still the laptop that answers there. The page came from
// an address that the laptop may lose: the router may give it another one, and the old one to somebody
// else. A laptop with a name in the home network keeps that name. Whoever answers, the page knows its
// laptop by a proof that only that laptop can give, so it needs no ID. No DOM in here.
import { Challenge } from "./proof.js";
import { GatewayError, isPage, refusalIn, unreachable } from "./refusal.js";

const PATIENCE = 5000; // milliseconds for an answer of the gateway itself
const GLANCE = 3000; // the same while something else suggests that all is well
const HEAD_START = 1200; // of the page's own address before the lasting one is tried
const SHORT_START = 800; // the same while the lasting one is in use
const QUESTION = 4000; // for finding out whether this phone knows the laptop's name
// For this long after the laptop's last answer the next request needs no proof of its own: one request
// may follow another by itself. After that anything may have happened, and a proof costs less than a
// person notices.
const SURE = 1000;

// What the gateway itself may say in place of a proof; from anybody else it does no harm.
const TOLD = ["host_not_allowed", "peer_not_allowed", "devices_unreadable"];

/**
 * Address is the way to one laptop: the page's own address, which is "", or its lasting one. The page's
 * own is preferred as soon as it works again: there is no name to look up.
 */
export class Address {
  #fetch;
  #host;
  #base = "";
  #key = "";
  #local = "";
  #way = ""; // "direct" or "forwarded", once it is known
  #known; // a promise of whether the lasting address works from here
  #finding = null; // a promise of the search under way
  #doubts = 0; // how often there was a reason for doubt
  #heard = -Infinity; // when the laptop answered last, without a reason for doubt since

  constructor(fetch = (...args) => globalThis.fetch(...args), host = () => location.host) {
    this.#fetch = fetch;
    this.#host = host;
  }

  /**
   * know sets which laptop it is, by the key that it gave, its lasting address, if it has one, and
   * whether it answers "direct" or "forwarded". Without a key any laptop will do.
   */
  know({ key = "", local = "", way = "" }) {
    if (key !== this.#key || local !== this.#local) {
      this.#known = undefined;
      this.doubt();
    }
    if (local !== this.#local) this.#base = "";
    this.#key = key;
    this.#local = local;
    this.#way = way;
  }

  /** url is a path of the gateway at the address that answered last. */
  url(path) {
    return this.#base + path;
  }

  /** doubt says that somebody else may answer there from now on. */
  doubt() {
    this.#doubts++;
    this.#heard = -Infinity;
  }

  /** heard says that something came from where the laptop is. */
  heard() {
    if (this.#isSure()) this.#heard = Date.now();
  }

  /**
   * sure resolves when it is the laptop that answers at url. Whoever sends the key waits for it
   * first. It fails as find does.
   */
  async sure() {
    if (!this.#isSure()) await this.find();
  }

  /**
   * find asks for the laptop at each of its addresses and goes on with the one that answers. It
   * resolves to {name, way}; name is "" where none is told, as to a page from another address. It fails
   * as unreachable, as other_laptop when somebody else answers, or as sign_in when that is a network
   * that shows its own page first.
   */
  find() {
    return this.#share(PATIENCE);
  }

  /** glance is find for a laptop that answered a moment ago: it is less patient. */
  glance() {
    return this.#share(GLANCE);
  }

  /**
   * arrive is for a page that was opened with a code: whoever is at its own address has that code.
   * It resolves to {name, ours}, where ours tells whether that is the laptop of this connection too.
   */
  async arrive(connection) {
    this.know({});
    const ours = Boolean(connection.key) && this.#meet("", PATIENCE, connection).then(() => true, () => false);
    const { name } = await this.find();
    if (await ours) this.know(connection);
    return { name, ours: await ours };
  }

  /** here fails unless the laptop answers at the page's own address. */
  async here() {
    await this.#meet("", GLANCE, this.#self());
  }

  /**
   * lasts tells whether this phone reaches the laptop by its lasting address. It asks once for
   * each network: forget makes it ask again.
   */
  lasts() {
    if (!this.#local) return Promise.resolve(false);
    this.#known ??= this.#meet(this.#local, QUESTION, this.#self()).then(() => true, () => false);
    return this.#known;
  }

  /** forget is for a phone that may be in another network now. */
  forget() {
    this.#known = undefined;
    this.doubt();
  }

  #isSure() {
    return Math.abs(Date.now() - this.#heard) < SURE; // a clock may be set back
  }

  #self() {
    return { key: this.#key, way: this.#way };
  }

  // share lets those who look at the same time look together.
  #share(patience) {
    this.#finding ??= this.#look(patience).finally(() => { this.#finding = null; });
    return this.#finding;
  }

  // look starts over when a reason for doubt comes up meanwhile.
  async #look(patience) {
    const doubts = this.#doubts;
    const own = this.#meet("", patience, this.#self());
    const ways = this.#local ? [own, this.#lasting(own, patience)] : [own];
    const found = await Promise.any(ways).catch(() => null);
    if (doubts !== this.#doubts) return this.#look(patience);
    if (!found) return own; // which says why, better than the other one
    const { base, name, way } = found;
    this.#base = base;
    this.#heard = Date.now();
    return { name, way };
  }

  // lasting asks at the lasting address once the page's own has had its chance.
  async #lasting(own, patience) {
    const answered = own.then(() => true, () => false);
    if (await Promise.race([answered, pause(this.#base ? SHORT_START : HEAD_START)])) return own;
    return this.#meet(this.#local, patience, this.#self());
  }

  // meet finds out who answers at an address: the laptop that gave the key, or, without a key, any
  // Modelbeam. One that once answered directly always does.
  async #meet(base, patience, { key, way: before }) {
    const challenge = key ? new Challenge(key, base ? new URL(base).host : this.#host()) : null;
    const { name, proof } = await this.#ask(`${base}${challenge ? challenge.path : "/healthz"}`, patience, challenge);
    const way = challenge?.wayOf(proof) ?? "";
    if (challenge && (!way || (before === "direct" && way !== before))) throw otherLaptop();
    return { base, name: String(name ?? ""), way };
  }

  async #ask(url, patience, asksForProof) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), patience);
    try {
      const response = await this.#fetch(url, { cache: "no-store", redirect: "manual", signal: late.signal });
      if (isPage(response)) throw new GatewayError({ code: "sign_in" });
      if (!response.ok) throw stranger(await refusalIn(response), asksForProof);
      const text = await response.text();
      return parsed(text) ?? {};
    } catch (err) {
      throw err instanceof GatewayError ? err : unreachable();
    } finally {
      clearTimeout(timer);
    }
  }
}

// stranger is what a refusal says about who answered.
function stranger(refusal, asksForProof) {
  if (refusal.status === 429) return unreachable(); // too many have asked; it answers again in a while
  return asksForProof && !TOLD.includes(refusal.code) ? otherLaptop() : refusal;
}

function otherLaptop() {
  return new GatewayError({ code: "other_laptop" });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds, false); });
}
