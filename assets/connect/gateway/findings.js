// What this phone found when it looked for its laptop, kept until the laptop can be told: while it is lost,
// nobody can. No DOM in here.

const STORE = "modelbeam-findings";
const KEPT = 4; // as many as the laptop keeps of one phone
const DAY = 86400000; // milliseconds, after which nobody wants to know

/** engine names the family of a browser: "chromium", "firefox", "webkit" or "other". */
export function engine(userAgent) {
  if (/Firefox\//.test(userAgent)) return "firefox";
  if (/iPhone|iPad|iPod/.test(userAgent)) return "webkit"; // whatever its name is
  if (/(Chrome|Chromium)\//.test(userAgent)) return "chromium";
  return /AppleWebKit\//.test(userAgent) ? "webkit" : "other";
}

/** networkOf says what a phone tells of its network: "wifi", "cellular", "ethernet", "other", or "" for nothing. */
export function networkOf({ connection } = {}) {
  const type = connection?.type; // Chrome on Android alone
  if (!type || type === "unknown" || type === "none") return "";
  return ["wifi", "cellular", "ethernet"].includes(type) ? type : "other";
}

/**
 * findingOf is what POST /report of tunnel/README.md wants to know, but for the times: occasion is "test" or
 * "lost", tries what Address.tries has, obstacles what stands in the way of apps.
 */
export function findingOf({ occasion, tries, obstacles }, navigator, protocol) {
  const named = tries.find(({ url }) => /\.local(:\d+)?$/.test(url))?.outcome;
  return {
    occasion, obstacles,
    tries: tries.slice(0, 12).filter(({ url }) => /^https?:\/\/([\d.]+|\[[\da-f:]+\]|[\w.-]+\.local)(:\d+)?$/i.test(url)),
    name: { answered: "yes", stranger: "yes", broken: "no" }[named] ?? "",
    online: { true: "yes", false: "no" }[navigator.onLine] ?? "",
    network: networkOf(navigator),
    scheme: protocol === "https:" ? "https" : "http",
    browser: engine(navigator.userAgent ?? ""),
  };
}

/** keep keeps a finding for the laptop that gave the key; of those about a lost laptop only the last one. */
export function keep(key, finding, now = Date.now()) {
  const others = load().filter((one) => of(key)(one) && !(one.occasion === "lost" && finding.occasion === "lost"));
  save([...others, { ...finding, of: mark(key), at: now }].slice(-KEPT));
}

/**
 * deliver tells the laptop what was found: post sends one report. What it will not have is dropped, and what
 * does not arrive is kept.
 */
export function deliver(key, post, now = Date.now()) {
  delivering ??= send(key, post, now).finally(() => { delivering = null; });
  return delivering;
}

let delivering = null; // a promise: nothing is told twice

async function send(key, post, now) {
  for (const one of load()) {
    const { of: _, at, ...finding } = one;
    if (!of(key)(one) || now - at > DAY) {
      drop(one);
      continue;
    }
    const sent = await post({ ...finding, age: Math.max(0, now - at), clock: Date.now() }).then(() => true, ({ status }) => status === 400);
    if (!sent) return;
    drop(one);
  }
}

// mark tells one pairing from another.
function mark(key) {
  return key.slice(-6);
}

function of(key) {
  return (one) => one?.of === mark(key);
}

function drop(one) {
  const gone = JSON.stringify(one);
  save(load().filter((other) => JSON.stringify(other) !== gone)); // another tab may have kept more meanwhile
}

function load() {
  try {
    const all = JSON.parse(localStorage.getItem(STORE));
    return Array.isArray(all) ? all.filter((one) => typeof one?.at === "number") : [];
  } catch {
    return []; // not JSON, or storage is switched off
  }
}

function save(all) {
  try {
    if (all.length > 0) localStorage.setItem(STORE, JSON.stringify(all));
    else localStorage.removeItem(STORE);
  } catch {
    // Full, or switched off.
  }
}
