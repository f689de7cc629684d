// The chats that this phone keeps: {id, title, model, changed, messages}. They never leave it.
// IndexedDB holds them, which plain http has too; where a browser withholds it, they last as long
// as the page.
import { Memory, openDatabase } from "./shelf.js";

const LIMIT = 200; // chats; the oldest go
const TITLE = 80; // characters

let opened; // a promise of the shelf in use
const channel = openChannel(); // to other tabs
channel?.unref?.(); // Node would wait for it

/** list resolves to all chats without their messages, {id, title, changed, model}, the newest first. */
export async function list() {
  const heads = await use((shelf) => shelf.heads());
  return heads.sort((a, b) => b.changed - a.changed);
}

/** load resolves to a chat, null when there is none. */
export function load(id) {
  return use((shelf) => shelf.get(id)).then((chat) => chat ?? null);
}

/**
 * save keeps a chat, and makes a title out of its first question where it has none. When there
 * is no more room, the oldest chats go.
 */
export async function save(chat) {
  const whole = { ...chat, title: chat.title || titleOf(chat.messages), changed: chat.changed || Date.now() };
  const others = (await list()).filter((head) => head.id !== chat.id);
  for (const { id } of others.splice(LIMIT - 1)) await use((shelf) => shelf.delete(id));
  while (!await stored(whole)) {
    const oldest = others.pop();
    if (!oldest) return; // it is too large on its own: it lasts as long as the page
    await use((shelf) => shelf.delete(oldest.id));
  }
  tell(chat.id);
}

/** remove deletes a chat. */
export async function remove(id) {
  await use((shelf) => shelf.delete(id));
  tell(id);
}

/** clear deletes all chats. */
export async function clear() {
  await use((shelf) => shelf.clear());
  tell("");
}

/** onChange calls listener with a chat's id when another tab changed it; "" for all of them. */
export function onChange(listener) {
  channel?.addEventListener("message", ({ data }) => listener(data));
}

/** titleOf is the beginning of the first question, on one line. */
export function titleOf(messages) {
  const { content = "" } = messages.find((message) => message.role === "user") ?? {};
  const text = typeof content === "string" ? content : content.map((part) => part.text ?? "").join(" ");
  return [...text.replace(/\s+/g, " ").trim()].slice(0, TITLE).join("");
}

/** useShelf is for tests: another place to keep the chats. */
export function useShelf(shelf) {
  opened = Promise.resolve(shelf);
}

// openChannel returns nothing where a browser withholds storage: Firefox then refuses this too.
function openChannel() {
  try {
    return new BroadcastChannel("modelbeam-chats");
  } catch {
    return undefined;
  }
}

function tell(id) {
  channel?.postMessage(id);
}

// stored tells whether there was room.
async function stored(chat) {
  try {
    await use((shelf) => shelf.put(chat));
    return true;
  } catch (err) {
    if (!isFull(err)) throw err;
    return false;
  }
}

// use does something with the shelf. A database that breaks, as Safari's does now and then when the
// page comes back, is opened once more. If that does not help, the page goes on without.
async function use(act) {
  opened ??= openDatabase().catch(() => new Memory());
  const shelf = await opened;
  try {
    return await act(shelf);
  } catch (err) {
    if (isFull(err) || shelf instanceof Memory) throw err;
  }
  opened = openDatabase().catch(() => new Memory());
  try {
    return await act(await opened);
  } catch (err) {
    if (isFull(err)) throw err;
    opened = Promise.resolve(new Memory());
    return act(await opened);
  }
}

function isFull(err) {
  return err?.name === "QuotaExceededError";
}
