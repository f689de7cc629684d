// Which laptop this phone belongs to: trading a code for a key, finding the laptop that gave it, and
// what the browser keeps of that. No DOM in here.
import { chatModels } from "../gateway/models.js";
import { GatewayError } from "../gateway/refusal.js";
import { problemOf } from "../words/problems.js";
import { isUsedUp } from "./guest.js";

const STORE = "modelbeam"; // other tabs of the page share it

// What each part must look like to be believed: another version wrote it, or a curious person.
const PARTS = {
  key: /^mb_[\w-]{22}$/,
  name: /^.{1,200}$/s,
  model: /^.{1,500}$/,
  way: /^(direct|forwarded)$/, // as in gateway/proof.js
  local: /^http:\/\/[\w-]+\.local(:\d{1,5})?$/,
};
const BASE = /^http:\/\/[\w.:[\]-]{1,80}$/; // of urls
const BASES = 8; // at most

/**
 * Pairing is the bond with one laptop. gateway is the module of that name; ownName resolves to what this
 * phone calls itself.
 */
export class Pairing {
  #gateway;
  #ownName;

  /** connection is {key, name, model, local, urls, way, models}, {} before the first pairing. */
  connection = stored();

  /** guest is what the pass allows, if this phone has one. */
  guest;

  /** code is one that was not traded for a key yet. */
  code = "";

  /** handover is what an icon on the home screen brings along, for the first time that it is opened. */
  handover = "";

  /** draft is a code that the laptop refused to look at: too many had been tried. */
  draft = "";

  constructor(gateway, ownName) {
    this.#gateway = gateway;
    this.#ownName = ownName;
  }

  /** begun tells whether there is something to connect with. */
  get begun() {
    return Boolean(this.code || this.connection.key || this.handover);
  }

  /**
   * connect trades the code, if there is one, finds the laptop that the key is for, before anything is
   * sent there, and learns what there is. It fails with a GatewayError, also where there is nothing to
   * chat with.
   */
  async connect() {
    if (this.handover) await this.#redeem();
    const spent = this.code ? await this.#trade() : null;
    await this.#greet(spent);
  }

  /** choose remembers a model for the next time. */
  choose(model) {
    this.connection.model = model;
    store(this.connection);
  }

  /** recount asks what is left of a guest's pass. */
  async recount() {
    if (!this.guest) return;
    await this.#gateway.device(this.connection.key).then(({ guest }) => { this.guest = guest; }, () => {});
  }

  /** forget is for a key that the laptop does not know any more. */
  forget() {
    this.connection = { model: this.connection.model };
    store(this.connection);
  }

  /** adopt takes over what another tab of this browser stored meanwhile, and tells whether it is new. */
  adopt() {
    const other = stored();
    if (!other.key || other.key === this.connection.key) return false;
    this.connection = other;
    return true;
  }

  /** differs tells whether a storage event left another key than this one, or none. */
  differs(event) {
    return isStore(event.key) && stored().key !== this.connection.key;
  }

  // trade gets a key for the code. A phone that has a key shows it, to stay the device that it is, but
  // only to the laptop that gave it, which proves that it is the one. To such a phone a spent code does
  // not matter, since people scan the same code twice: trade returns what was wrong with it. While the
  // laptop is away the code is kept, it may still be good.
  async #trade() {
    const { name, ours } = await this.#gateway.address.arrive(this.connection);
    const key = ours ? this.connection.key : "";
    try {
      const answer = await this.#gateway.pair(this.code, await this.#ownName(), key);
      this.connection = sound({ model: this.connection.model, key: answer.key, name, urls: answer.urls });
      store(this.connection);
    } catch (err) {
      if (problemOf(err).kind !== "pair") throw err;
      if (err.code === "too_many_tries") this.draft = this.code;
      this.code = "";
      if (!key) throw err;
      return err;
    }
    this.code = "";
    return null;
  }

  // redeem gets the key of the phone that made this icon. Each later time the icon has that key, and what its
  // address brings along does not matter; nor where a code came with it.
  async #redeem() {
    if (!this.connection.key && !this.code) {
      try {
        const answer = await this.#gateway.redeem(this.handover);
        this.connection = sound({ model: this.connection.model, key: answer.key, name: answer.name, urls: answer.urls });
        store(this.connection);
      } catch (err) {
        if (problemOf(err).kind === "pair") this.handover = "";
        throw err;
      }
    }
    this.handover = "";
  }

  // greet says more than that a key is void when a code was spent in vain just before.
  async #greet(spent) {
    this.#gateway.address.know(this.connection);
    const { name, way } = await this.#gateway.address.find();
    const { key } = this.connection;
    try {
      const [models, device] = await Promise.all([this.#gateway.models(key), this.#gateway.device(key)]);
      this.#learn({ name: name || this.connection.name, way, local: device.local ?? "", urls: bases(device.urls), models: chatModels(models) }, device.guest);
    } catch (err) {
      if (spent && ["pair", "pass"].includes(problemOf(err).kind)) throw spent;
      throw err;
    }
    if (isUsedUp(this.guest)) throw new GatewayError({ code: "pass_used_up" });
    if (this.connection.models.length === 0) throw new GatewayError({ code: "no_server" });
  }

  #learn(facts, guest) {
    Object.assign(this.connection, facts);
    this.guest = guest;
    store(this.connection);
    this.#gateway.address.know(this.connection);
    this.#gateway.address.lasts(); // asked now, to have the answer when somebody wants it
  }
}

/** stored reads the connection; {} before the first pairing, and where nothing can be kept. */
export function stored() {
  try {
    return sound(JSON.parse(localStorage.getItem(STORE)));
  } catch {
    return {}; // not JSON, or storage is switched off
  }
}

/** store keeps a connection. Without storage it lasts as long as the page. */
export function store(connection) {
  try {
    localStorage.setItem(STORE, JSON.stringify(sound(connection)));
  } catch {
    // Full, or switched off.
  }
}

/** sound leaves only the parts of a value that can be what they should be. */
export function sound(value) {
  const isSound = ([part, pattern]) => typeof value?.[part] === "string" && pattern.test(value[part]);
  const parts = Object.fromEntries(Object.entries(PARTS).filter(isSound).map(([part]) => [part, value[part]]));
  const urls = bases(value?.urls);
  return urls.length > 0 ? { ...parts, urls } : parts;
}

// bases are the base addresses in a list.
function bases(list) {
  return Array.isArray(list) ? list.filter(isBase).slice(0, BASES) : [];
}

function isBase(url) {
  try {
    return typeof url === "string" && BASE.test(url) && new URL(url).origin === url;
  } catch {
    return false; // it only looks like one
  }
}

/** isStore tells whether a storage event is about the connection; clearing everything is. */
export function isStore(key) {
  return key === STORE || key === null;
}
