// Where the laptop answers, and whether it is still the laptop that answers there. The page came from
// an address that the laptop may lose: the router may give it another one, and the old one to somebody
// else. A laptop with a name in the home network keeps that name, and one in two networks has more
// addresses. Whoever answers, the page knows its laptop by a proof that only that laptop can give, so it
// needs no ID. No DOM in here.
import { meet, outcomeOf } from "./question.js";

const PATIENCE = 5000; // milliseconds for an answer of the gateway itself
const GLANCE = 3000; // the same while something else suggests that all is well
const HEAD_START = 1200; // of the page's own address before the others are tried
const SHORT_START = 800; // the same while another one is in use
const QUESTION = 4000; // for finding out whether this phone knows the laptop's name
// For this long after the laptop's last answer the next request needs no proof of its own: one request
// may follow another by itself. After that anything may have happened, and a proof costs less than a
// person notices.
const SURE = 1000;

/**
 * Address is the way to one laptop: the page's own address, which is "", or another of the laptop's: its
 * lasting one, or one that it told before. The page's own is preferred as soon as it works again: there is
 * no name to look up, and nothing to ask a browser for.
 */
export class Address {
  #fetch;
  #host;
  #base = "";
  #key = "";
  #local = "";
  #others = []; // the lasting address, if there is one, and those that the laptop told
  #forbidden = new Set(); // those of them that the page's policy does not have
  #seen = new Map(); // what came of the last question at each: {outcome, ms}
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
   * know sets which laptop it is, by the key that it gave, its lasting address, if it has one, the others
   * that it told, and whether it answers "direct" or "forwarded". Without a key any laptop will do.
   */
  know({ key = "", local = "", urls = [], way = "" }) {
    if (key !== this.#key || local !== this.#local) {
      this.#known = undefined;
      this.doubt();
    }
    this.#others = [...new Set([local, ...urls])].filter((base) => base && base !== this.#own && !this.#forbidden.has(base));
    if (!this.#others.includes(this.#base)) this.#base = "";
    this.#key = key;
    this.#local = local;
    this.#way = way;
  }

  /** forbid says that the browser lets the page ask for nothing at a base address. */
  forbid(base) {
    this.#forbidden.add(base);
    this.#others = this.#others.filter((other) => other !== base);
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
   * find asks for the laptop at each of its addresses and goes on with one that answers. It
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

  /**
   * survey asks at all addresses at once, and changes nothing. It resolves to what tries says then; who
   * is told after each answer.
   */
  async survey(who = () => {}) {
    this.#seen.clear();
    const asked = ["", ...this.#others].map((base) => this.#meet(base, PATIENCE, this.#self()).catch(() => {}).then(() => who(this.tries)));
    await Promise.all(asked);
    return this.tries;
  }

  /** tries is what came of the last questions: a list of {url, outcome, ms}, the page's own address first. */
  get tries() {
    return ["", ...this.#others].filter((base) => this.#seen.has(base))
      .map((base) => ({ url: base || this.#own, ...this.#seen.get(base) }));
  }

  /** forget is for a phone that may be in another network now. */
  forget() {
    this.#known = undefined;
    this.doubt();
  }

  get #own() {
    return `${globalThis.location?.protocol ?? "http:"}//${this.#host()}`;
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
    this.#seen.clear();
    const own = this.#meet("", patience, this.#self());
    const ways = [own, ...this.#others.map((base) => this.#elsewhere(base, own, patience))];
    const found = await Promise.any(ways).catch(() => null);
    if (doubts !== this.#doubts) return this.#look(patience);
    if (!found) return own; // which says why, better than the other one
    const { base, name, way } = found;
    this.#base = base;
    this.#heard = Date.now();
    return { name, way };
  }

  // elsewhere asks at another address once the page's own has had its chance.
  async #elsewhere(base, own, patience) {
    const answered = own.then(() => true, () => false);
    if (await Promise.race([answered, pause(this.#base ? SHORT_START : HEAD_START)])) return own;
    return this.#meet(base, patience, this.#self());
  }

  // meet asks at one address and notes what came of it.
  async #meet(base, patience, who) {
    const began = performance.now();
    const note = (err) => {
      this.#seen.set(base, { outcome: outcomeOf(err), ms: Math.round(performance.now() - began) });
    };
    try {
      const host = base ? new URL(base).host : this.#host();
      const found = await meet({ fetch: this.#fetch, base, host, patience }, who);
      note(null);
      return { base, ...found };
    } catch (err) {
      note(err);
      throw err;
    }
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds, false); });
}
