// Where chats are kept. A shelf has heads(), get(id), put(chat), delete(id) and clear(), all of which
// return promises; heads are chats without their messages. No DOM in here.

const NAME = "modelbeam";
const HEADS = "heads"; // what a list of chats needs: messages hold photos and may be large
const CHATS = "chats";
const PATIENCE = 2000; // milliseconds to open it: a browser that never finishes must not hold up the page

/** Memory keeps chats as long as the page lives. */
export class Memory {
  #chats = new Map();

  async heads() { return [...this.#chats.values()].map(headOf); }
  async get(id) { return copy(this.#chats.get(id)); }
  async put(chat) { this.#chats.set(chat.id, copy(chat)); }
  async delete(id) { this.#chats.delete(id); }
  async clear() { this.#chats.clear(); }
}

/** openDatabase resolves to a shelf in IndexedDB, or fails where a browser has none to give in time. */
export async function openDatabase() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(HEADS, { keyPath: "id" });
    request.result.createObjectStore(CHATS, { keyPath: "id" });
  };
  const database = await Promise.race([result(request), late()]);
  database.onversionchange = () => database.close(); // a newer page wants it
  return new Database(database);
}

class Database {
  #database;

  constructor(database) {
    this.#database = database;
  }

  heads() { return result(this.#database.transaction(HEADS).objectStore(HEADS).getAll()); }
  get(id) { return result(this.#database.transaction(CHATS).objectStore(CHATS).get(id)); }

  put(chat) {
    return this.#change((heads, chats) => {
      heads.put(headOf(chat));
      chats.put(chat);
    });
  }

  delete(id) {
    return this.#change((heads, chats) => {
      heads.delete(id);
      chats.delete(id);
    });
  }

  clear() {
    return this.#change((heads, chats) => {
      heads.clear();
      chats.clear();
    });
  }

  // change does both or nothing. That there is no more room may only turn out at the end.
  #change(act) {
    const transaction = this.#database.transaction([HEADS, CHATS], "readwrite");
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      act(transaction.objectStore(HEADS), transaction.objectStore(CHATS));
    });
  }
}

// copy copies a chat, which holds nothing that JSON cannot.
function copy(chat) {
  return chat && JSON.parse(JSON.stringify(chat));
}

function headOf({ id, title, changed, model }) {
  return { id, title, changed, model };
}

function late() {
  return new Promise((_, reject) => { setTimeout(() => reject(new Error("the database does not open")), PATIENCE); });
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the database is in use"));
  });
}
