// Whether whoever answers is the laptop of this pairing: by proof, and not by a name that anybody could
// give. tunnel/identity.go has the protocol, and says what it protects from. WebCrypto has no hashes on
// plain http, so a library makes them. No DOM in here.
import { hmac } from "../vendor/noble/hmac.js";
import { sha256 } from "../vendor/noble/sha2.js";
import { bytesToHex, utf8ToBytes } from "../vendor/noble/utils.js";

const PHONE = "modelbeam proof 1, phone\n";
const LAPTOP = { direct: "modelbeam proof 1, laptop, direct\n", forwarded: "modelbeam proof 1, laptop, forwarded\n" };

/** Challenge is one question to whoever answers at a host ("192.168.1.20:8717"), for the holder of a key. */
export class Challenge {
  #hash;
  #asked;

  /** path is what is asked for. It tells nobody the key, nor which phone this is. */
  path;

  constructor(key, host, nonce = random()) {
    this.#hash = sha256(utf8ToBytes(key));
    this.#asked = `${host}\n${nonce}`;
    this.path = `/proof?${new URLSearchParams({ at: host, nonce, phone: this.#mac(PHONE) })}`;
  }

  /**
   * wayOf returns what an answer proves: "direct", that the laptop itself is at the host, "forwarded",
   * that it is somewhere behind it, and "" for nothing.
   */
  wayOf(proof) {
    return Object.keys(LAPTOP).find((way) => proof === this.#mac(LAPTOP[way])) ?? "";
  }

  #mac(label) {
    return bytesToHex(hmac(sha256, this.#hash, utf8ToBytes(label + this.#asked)));
  }
}

function random() {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
}
