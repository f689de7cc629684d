// The photos that go with the next question, as small pictures above the field.
import { at, iconButton, make, picture } from "../elements/dom.js";
import { keepFocus } from "../elements/focus.js";
import { shrink } from "./shrink.js";
import { t } from "../words/text.js";

const MOST = 4; // photos with one question

/** Photos owns the tray and what is said about it. onChange is called when it changes. */
export class Photos {
  #photos = []; // {item, url}; no url while a photo is being made small
  #onChange;
  #work = Promise.resolve(); // one photo at a time: each takes memory

  constructor(onChange) {
    this.#onChange = onChange;
    at("photo-file").addEventListener("change", () => {
      this.add(at("photo-file").files);
      at("photo-file").value = ""; // the same photo can be chosen again
    });
    at("composer").addEventListener("paste", (event) => {
      if (this.add(event.clipboardData.files) > 0) event.preventDefault();
    });
    at("room").addEventListener("dragover", (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    at("room").addEventListener("drop", (event) => {
      if (event.dataTransfer.files.length > 0) event.preventDefault(); // or the browser would open the file
      this.add(event.dataTransfer.files);
    });
  }

  /** choose opens the phone's camera or its photos. */
  choose() {
    at("photo-file").click();
  }

  /** add takes the pictures among files, up to MOST, and returns how many pictures there were. */
  add(files) {
    const pictures = [...files].filter((file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name));
    const room = pictures.slice(0, MOST - this.#photos.length);
    if (pictures.length > 0) this.say(pictures.length > room.length ? t("You can send up to {count} photos with one question.", { count: MOST }) : "");
    for (const file of room) this.#insert(file);
    return pictures.length;
  }

  /** say shows a sentence above the field, with buttons; "" takes it away. */
  say(sentence, buttons = []) {
    at("photo-note").hidden = !sentence;
    at("photo-note").replaceChildren(sentence, ...buttons);
  }

  /** count is the number of photos, also of those that are not ready. */
  get count() {
    return this.#photos.length;
  }

  /** ready reports whether all photos are small. */
  get ready() {
    return this.#photos.every((photo) => photo.url);
  }

  /** take empties the tray and returns the photos as data URLs. */
  take() {
    const urls = this.#photos.map((photo) => photo.url);
    this.#photos = [];
    this.say("");
    this.#draw();
    return urls;
  }

  #insert(file) {
    const photo = { item: make("li", "photo"), url: "" };
    photo.item.setAttribute("aria-busy", "true");
    this.#photos.push(photo);
    this.#draw();
    this.#work = this.#work.then(() => this.#prepare(photo, file));
  }

  async #prepare(photo, file) {
    if (!this.#photos.includes(photo)) return;
    try {
      photo.url = await shrink(file);
      photo.item.removeAttribute("aria-busy");
      photo.item.append(picture(photo.url, t("Photo")), this.#remover(photo));
    } catch {
      this.#remove(photo);
      this.say(t("This browser cannot open that picture. Choose a JPEG or PNG."));
    }
    this.#draw();
  }

  #remover(photo) {
    return iconButton("remove", t("Remove photo"), "#icon-close", () => {
      keepFocus(() => this.#remove(photo), () => at("photo"));
      this.say("");
    });
  }

  #remove(photo) {
    this.#photos = this.#photos.filter((other) => other !== photo);
    this.#draw();
  }

  #draw() {
    at("photos").replaceChildren(...this.#photos.map((photo) => photo.item));
    at("photos").hidden = this.#photos.length === 0;
    this.#onChange();
  }
}
