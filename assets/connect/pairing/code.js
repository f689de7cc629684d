// The one-time code by which a phone pairs: as people type it, as links carry it, as the laptop shows
// it. No DOM in here.

// Crockford base32 (https://www.crockford.com/base32.html): no I, L, O, U.
const ALPHABET = /^[0-9A-HJKMNP-TV-Z]*$/;
const LENGTH = 8;

/**
 * normalizeCode forgives what people type: lower case, blanks, hyphens, O for 0, I and L for 1.
 * It returns at most 8 characters, without those that no code can have.
 */
export function normalizeCode(text) {
  return [...text.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1")]
    .filter((c) => ALPHABET.test(c)).join("").slice(0, LENGTH);
}

/** isWhole reports whether a normalized code has all its characters. */
export function isWhole(code) {
  return code.length === LENGTH;
}

/** formatCode writes a normalized code as the laptop shows it: 7KQ2-M9XF. */
export function formatCode(code) {
  return code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

/** codeFromFragment finds the code in "#c=7KQ2M9XF"; empty when there is none. */
export function codeFromFragment(fragment) {
  return normalizeCode(new URLSearchParams(fragment.replace(/^#/, "")).get("c") ?? "");
}

/** handoverFromFragment finds what an icon on the home screen brings along in "#h=..."; empty when there is none. */
export function handoverFromFragment(fragment) {
  const code = new URLSearchParams(fragment.replace(/^#/, "")).get("h") ?? "";
  return /^[\w-]{22}$/.test(code) ? code : "";
}
