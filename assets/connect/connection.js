// What the browser keeps of the connection: {key, name, model, local, way}. Other tabs of the
// page share it. No DOM in here.

const STORE = "modelbeam";

// What each part must look like to be believed: another version wrote it, or a curious person.
const PARTS = {
  key: /^mb_[\w-]{22}$/,
  name: /^.{1,200}$/s,
  model: /^.{1,500}$/,
  way: /^(direct|forwarded)$/, // as in proof.js
  local: /^http:\/\/[\w-]+\.local(:\d{1,5})?$/,
};

/** isStore tells whether a storage event is about the connection; clearing everything is. */
export function isStore(key) {
  return key === STORE || key === null;
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
  return Object.fromEntries(Object.entries(PARTS).filter(isSound).map(([part]) => [part, value[part]]));
}
