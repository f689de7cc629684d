// What a phone brings to the pairing: the code and a name for itself. No DOM in here.

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

/** deviceName guesses a name that a person recognises in a list: "iPhone · Safari". */
export function deviceName(userAgent, touchPoints = 0) {
  return [hardware(userAgent, touchPoints), browser(userAgent)].filter(Boolean).join(" · ");
}

/** platform is where apps of this device come from: "ios", "android", "mac", "windows" or "linux". */
export function platform(userAgent, touchPoints = 0) {
  const name = hardware(userAgent, touchPoints);
  if (/Android/.test(userAgent)) return "android";
  return { iPhone: "ios", iPad: "ios", Mac: "mac", Windows: "windows" }[name] ?? "linux";
}

function hardware(ua, touchPoints) {
  if (/iPhone|iPod/.test(ua)) return "iPhone";
  // Safari on an iPad says that it is a Mac; no Mac has a touch screen.
  if (/iPad/.test(ua) || (/Macintosh/.test(ua) && touchPoints > 1)) return "iPad";
  if (/Android/.test(ua)) return androidModel(ua) || (/Mobile/.test(ua) ? "Android" : "Android tablet");
  return [[/CrOS/, "Chromebook"], [/Macintosh/, "Mac"], [/Windows/, "Windows"], [/Linux/, "Linux"]]
    .find(([pattern]) => pattern.test(ua))?.[1] ?? "";
}

// Chrome since 110 says "K" instead of the model (https://www.chromium.org/updates/ua-reduction),
// some other browsers still tell it: "Android 14; Pixel 8 Build/AP1A".
function androidModel(ua) {
  const model = /Android [\d.]+; (?:[a-z]{2}-[a-z]{2}; )?([^;)]+)/i.exec(ua)?.[1].replace(/ Build\/.*/, "").trim() ?? "";
  return /^(K|Mobile|Tablet|rv:.*|wv)$/.test(model) ? "" : model;
}

// The order matters: almost every browser says Safari, and most say Chrome.
function browser(ua) {
  return [
    [/MicroMessenger/, "WeChat"], [/Edg(e|A|iOS)?\//, "Edge"], [/OPR\/|OPT\/|Opera/, "Opera"],
    [/SamsungBrowser/, "Samsung Internet"], [/Firefox|FxiOS/, "Firefox"], [/Chrome|CriOS/, "Chrome"],
    [/Safari/, "Safari"],
  ].find(([pattern]) => pattern.test(ua))?.[1] ?? "";
}
