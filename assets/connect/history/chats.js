// The sheet "Chats": those that this phone keeps, to go on with one or to delete it.
import { at, button, iconButton, make } from "../elements/dom.js";
import { keepFocus } from "../elements/focus.js";
import * as history from "./history.js";
import { moment } from "../words/language.js";
import { t } from "../words/text.js";

/** Chats owns the sheet. It shows chats in a Chat. */
export class Chats {
  #chat;
  #removed = null; // the chat whose deletion can still be undone

  constructor(chat) {
    this.#chat = chat;
    const sheet = at("chats");
    at("close-chats").addEventListener("click", () => sheet.close());
    at("start-chat").addEventListener("click", () => this.#show(null));
    at("clear-chats").addEventListener("click", () => this.#sure(true));
    at("keep-chats").addEventListener("click", () => keepFocus(() => this.#sure(false), () => at("clear-chats")));
    at("delete-chats").addEventListener("click", () => keepFocus(() => this.#clear(), () => at("chats-title")));
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet) sheet.close(); // the backdrop; what is inside has its own targets
    });
    sheet.addEventListener("close", () => { this.#removed = null; });
    history.onChange((id) => this.#changed(id));
    this.tell();
  }

  /** open shows the sheet. */
  async open() {
    this.#sure(false);
    await this.#draw();
    at("chats").showModal();
  }

  /** tell lets the welcome say whether there are earlier chats. */
  async tell() {
    at("earlier").hidden = (await history.list()).length === 0;
  }

  async #draw() {
    const chats = await history.list();
    const rows = chats.map((head) => this.#row(head));
    if (this.#removed) rows.splice(this.#removed.place, 0, this.#undo());
    at("chats-list").replaceChildren(...rows);
    at("chats-list").hidden = rows.length === 0;
    at("no-chats").hidden = rows.length > 0;
    at("clear-chats").hidden = chats.length === 0;
    this.tell();
  }

  #row(head) {
    const row = make("li", "chat");
    const open = button("", "", () => this.#open(head.id));
    open.append(make("span", "chat-title", head.title || t("Photo")), make("span", "quiet", when(head.changed)));
    open.setAttribute("aria-current", String(head.id === this.#chat.id && !this.#chat.empty));
    row.append(open, iconButton("icon-button", t("Delete"), "#icon-bin", () => keepFocus(() => this.#remove(head.id, row), undoer)));
    return row;
  }

  #undo() {
    return make("li", "chat", make("span", "quiet", t("Deleted")), button("small", t("Undo"), () => keepFocus(() => this.#restore(), () => at("chats-title"))));
  }

  async #open(id) {
    this.#show(await history.load(id));
  }

  #show(chat) {
    at("chats").close();
    this.#chat.show(chat);
    if (!chat) this.#chat.focus();
  }

  async #remove(id, row) {
    const chat = await history.load(id);
    this.#removed = chat && { chat, place: [...row.parentNode.children].filter((r) => !r.querySelector(".small")).indexOf(row) };
    await history.remove(id);
    if (id === this.#chat.id) this.#chat.drop();
    await this.#draw();
  }

  async #restore() {
    await history.save(this.#removed.chat);
    this.#removed = null;
    await this.#draw();
  }

  async #clear() {
    this.#removed = null;
    this.#sure(false);
    await history.clear();
    this.#chat.drop();
    await this.#draw();
  }

  // sure asks before everything is deleted.
  #sure(asking) {
    at("clear-chats").hidden = asking;
    at("sure").hidden = !asking;
    if (asking) at("keep-chats").focus();
  }

  // changed follows another tab that goes on with the same chat, or deletes it.
  async #changed(id) {
    if (at("chats").open) this.#draw();
    else this.tell();
    const shown = this.#chat.id;
    if (this.#chat.busy || this.#chat.empty || (id !== shown && id !== "")) return;
    this.#chat.show(await history.load(shown));
  }
}

// undoer is the button that brings back what was deleted just now.
function undoer() {
  return at("chats-list").querySelector(".small");
}

// when is a time of today, a day of this week, or a date.
function when(changed) {
  const time = new Date(changed);
  const days = (Date.now() - changed) / 86400000;
  const today = time.toDateString() === new Date().toDateString();
  const form = today ? { hour: "2-digit", minute: "2-digit" } : days < 6 ? { weekday: "long" } : { day: "numeric", month: "short" };
  return moment(time, form);
}
