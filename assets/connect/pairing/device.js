// What kind of device this is: its name in the laptop's list, and where its apps come from. No DOM in
// here.

/**
 * deviceName guesses a name that a person recognises in a list: "iPhone · Safari". hints is what
 * hintsOf found.
 */
export function deviceName(userAgent, touchPoints = 0, hints = {}) {
  const model = named(hints.model ?? "");
  return [model || hardware(userAgent, touchPoints), browser(userAgent)].filter(Boolean).join(" · ");
}

/**
 * hintsOf asks a browser for the model of its phone, which Chrome leaves out of its user agent
 * (https://wicg.github.io/ua-client-hints/#getHighEntropyValues). It answers on secure pages only, so
 * there is mostly none: {model}.
 */
export async function hintsOf(navigator) {
  try {
    return await navigator.userAgentData.getHighEntropyValues(["model"]);
  } catch {
    return {};
  }
}

/** platform is where apps of this device come from: "ios", "android", "mac", "windows" or "linux". */
export function platform(userAgent, touchPoints = 0) {
  const name = hardware(userAgent, touchPoints);
  if (/Android|OpenHarmony/.test(userAgent)) return "android";
  return { iPhone: "ios", iPad: "ios", Mac: "mac", Windows: "windows" }[name] ?? "linux";
}

function hardware(ua, touchPoints) {
  if (/iPhone|iPod/.test(ua)) return "iPhone";
  // Safari on an iPad says that it is a Mac; no Mac has a touch screen.
  if (/iPad/.test(ua) || (/Macintosh/.test(ua) && touchPoints > 1)) return "iPad";
  if (/OpenHarmony|HarmonyOS/.test(ua)) return /Tablet/.test(ua) ? "Huawei tablet" : "Huawei phone";
  if (/Android/.test(ua)) return named(androidModel(ua)) || (/Mobile/.test(ua) ? "Android" : "Android tablet");
  return [[/CrOS/, "Chromebook"], [/Macintosh/, "Mac"], [/Windows/, "Windows"], [/Linux/, "Linux"]]
    .find(([pattern]) => pattern.test(ua))?.[1] ?? "";
}

// Chrome since 110 says "K" instead of the model (https://www.chromium.org/updates/ua-reduction),
// some other browsers still tell it: "Android 14; Pixel 8 Build/AP1A".
function androidModel(ua) {
  const model = /Android [\d.]+; (?:[a-z]{2}[-_][a-z]{2}; )?([^;)]+)/i.exec(ua)?.[1].replace(/ Build\/.*/, "").trim() ?? "";
  return /^(K|Mobile|Tablet|U|rv:.*|wv)$/.test(model) ? "" : model;
}

// Makers whose phones have model numbers that nobody knows them by.
const NUMBERS = [
  [/^SM-[TPX]\d/, "Samsung tablet"], [/^SM-[A-Z]\d/, "Samsung"],
  [/^(M?\d{4,}[A-Z]\w*|\d{5}\w+)$/, "Xiaomi"], [/^CPH\d|^P[A-Z]{3}\d0$/, "OPPO"], [/^V\d{4}/, "vivo"], [/^RMX\d/, "realme"],
  [/^[A-Z]{3,4}-(AL|AN|L|LX|TL|W)\d/, "Huawei phone"],
];

// named is a model as its owner calls it.
function named(model) {
  return NUMBERS.find(([pattern]) => pattern.test(model))?.[1] ?? model;
}

// The order matters: almost every browser says Safari, and most say Chrome.
function browser(ua) {
  return [
    [/MicroMessenger/, "WeChat"], [/MQQBrowser|\bQQ\//, "QQ"], [/HuaweiBrowser/, "Huawei Browser"], [/MiuiBrowser/, "Mi Browser"],
    [/Edg(e|A|iOS)?\//, "Edge"], [/OPR\/|OPT\/|Opera/, "Opera"], [/DuckDuckGo|Ddg\//, "DuckDuckGo"],
    [/SamsungBrowser/, "Samsung Internet"], [/Firefox|FxiOS/, "Firefox"], [/ArkWeb/, "ArkWeb"], [/Chrome|CriOS/, "Chrome"],
    [/Safari/, "Safari"],
  ].find(([pattern]) => pattern.test(ua))?.[1] ?? "";
}
