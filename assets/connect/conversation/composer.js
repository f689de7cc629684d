// The field, its photos and the button that sends them or stops the answer.
import { at, button, make } from "../elements/dom.js";
import { Photos } from "./photos.js";
import { sees } from "./picker.js";
import { t } from "../words/text.js";

const OFFERS = 3; // models that see, in place of one that does not
const comfortable = matchMedia("(hover: hover) and (pointer: fine)"); // a mouse, so also real keys

/** Composer calls send(text, photos) and stop(). picker is where the model is chosen. */
export class Composer {
  #send;
  #stop;
  #picker;
  #busy = false;
  #photos = new Photos(() => this.check());

  constructor({ send, stop, picker }) {
    this.#send = send;
    this.#stop = stop;
    this.#picker = picker;
    at("composer").addEventListener("submit", (event) => this.#submit(event));
    at("question").addEventListener("input", () => this.fit());
    at("question").addEventListener("keydown", (event) => this.#keydown(event));
    at("photo").addEventListener("click", () => this.#choosePhoto());
  }

  /** focus readies the field where that does not raise a keyboard over the page. */
  focus() {
    if (comfortable.matches) at("question").focus();
  }

  /** busy says that an answer is under way: the button stops it. */
  set busy(busy) {
    this.#busy = busy;
    at("send").classList.toggle("stop", busy);
    at("send").setAttribute("aria-label", busy ? t("Stop") : t("Send"));
    at("send").querySelector("use").setAttribute("href", busy ? "#icon-stop" : "#icon-send");
    this.fit();
  }

  /** fit makes the field as high as its text and Send ready when there is something to send. */
  fit() {
    const field = at("question");
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    const something = field.value.trim() || this.#photos.count > 0;
    at("send").disabled = !this.#busy && !(something && this.#photos.ready);
  }

  /** check looks again at whether the chosen model sees the photos that are there. */
  check() {
    if (this.#photos.count > 0 && !sees(this.#picker.model)) this.#warn();
    this.fit();
  }

  /** chosen is called when another model was chosen: what was said about the last one no longer holds. */
  chosen() {
    this.#photos.say("");
    this.check();
  }

  // With real keys Enter sends, as everywhere; on a phone it makes a line, and Send is a thumb
  // away. Enter that only chooses a word in an input method does neither: Safari marks it with
  // keyCode 229 alone.
  #keydown(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || (comfortable.matches && !event.shiftKey)) {
      event.preventDefault();
      if (!this.#busy) at("send").click();
    }
  }

  #submit(event) {
    event.preventDefault();
    if (this.#busy) {
      this.#stop();
      return;
    }
    const text = at("question").value.trim();
    if (at("send").disabled) return;
    at("question").value = "";
    this.#send(text, this.#photos.take());
  }

  #choosePhoto() {
    if (sees(this.#picker.model)) this.#photos.choose();
    else this.#warn();
  }

  // warn says that the model is blind, and offers those that are not.
  #warn() {
    const words = t("{model} cannot see pictures.", { model: this.#picker.model.label });
    this.#photos.say(make("span", "", words), this.#picker.seeing.slice(0, OFFERS).map((model) => this.#offer(model)));
  }

  #offer({ id, label }) {
    return button("small", t("Use {model}", { model: label }), () => {
      this.#picker.choose(id);
      if (this.#photos.count === 0) this.#photos.choose();
    });
  }
}
