// The room where the person chats: the conversation, the field, Send and Stop.
import { Answer } from "./format.js";
import * as gateway from "./gateway.js";
import { isDemo } from "./models.js";
import { problemOf } from "./problems.js";
import { t } from "./text.js";

const SUGGESTIONS = [t("Why is the sky blue?"), t("Write a short thank-you note"), t("Plan a quick dinner for two")];
const NEAR_BOTTOM = 48; // pixels that still count as reading the newest line
const at = (id) => document.getElementById(id);
const comfortable = matchMedia("(hover: hover) and (pointer: fine)"); // a mouse, so also real keys

/** Chat owns the room. connection is {key, ...}; onTrouble gets the gateway's refusals. */
export class Chat {
  #connection = {};
  #onTrouble;
  #messages = []; // {role, content}, as the gateway takes them
  #running = null; // the AbortController of the answer under way

  constructor(onTrouble) {
    this.#onTrouble = onTrouble;
    at("suggestions").append(...SUGGESTIONS.map((text) => this.#suggestion(text)));
    at("composer").addEventListener("submit", (event) => this.#submit(event));
    at("question").addEventListener("input", () => this.#fit());
    at("question").addEventListener("keydown", (event) => this.#keydown(event));
    at("new-chat").addEventListener("click", () => this.#reset());
    at("model").addEventListener("change", () => this.#chosen());
    this.#draw();
  }

  /** empty reports whether nothing would be lost by showing another screen. */
  get empty() {
    return this.#messages.length === 0;
  }

  /** open shows the room for a connection {key, name, models, model}. */
  open(connection) {
    this.#connection = connection;
    at("laptop").textContent = connection.name;
    at("welcome-laptop").textContent = t("to {name}", { name: connection.name });
    this.#fillModels(connection.models, connection.model);
    this.trouble(null);
    this.#fit();
  }

  /** focus readies the field where that does not raise a keyboard over the page. */
  focus() {
    if (comfortable.matches) at("question").focus();
  }

  /** trouble shows a problem above the field, without taking the conversation away. */
  trouble(problem) {
    at("trouble").hidden = !problem || Boolean(at("log").lastElementChild?.querySelector(".problem")); // said already
    at("trouble").replaceChildren(...(problem ? [bold(problem.title), " ", problem.advice] : []));
    at("room").classList.toggle("away", Boolean(problem));
  }

  #fillModels(models, chosen) {
    const picker = at("model");
    const unchanged = models.length === picker.length && models.every((m, i) => m.id === picker.options[i].value);
    if (unchanged) return; // making it anew would close it under the person's finger
    const wanted = picker.value || chosen;
    picker.replaceChildren(...models.map((m) => new Option(m.label, m.id)));
    if (models.some((m) => m.id === wanted)) picker.value = wanted;
    picker.disabled = models.length < 2;
    this.#chosen();
  }

  #chosen() {
    at("demo").hidden = !isDemo(at("model").value);
    this.#connection.remember?.(at("model").value);
  }

  #suggestion(text) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => this.#ask(text));
    item.append(button);
    return item;
  }

  // With real keys Enter sends, as everywhere; on a phone it makes a line, and Send is a thumb
  // away. Enter that only chooses a word in an input method does neither: Safari marks it with
  // keyCode 229 alone.
  #keydown(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || (comfortable.matches && !event.shiftKey)) {
      event.preventDefault();
      if (!this.#running) at("composer").requestSubmit();
    }
  }

  #submit(event) {
    event.preventDefault();
    if (this.#running) {
      this.#running.abort();
      return;
    }
    const text = at("question").value.trim();
    if (!text) return;
    at("question").value = "";
    this.#fit();
    this.#ask(text);
  }

  #ask(text) {
    if (this.#running) return;
    this.#messages.push({ role: "user", content: text });
    at("log").append(bubble(text));
    this.#answer();
  }

  async #answer() {
    const running = this.#running = new AbortController();
    const view = new AnswerView();
    this.#draw();
    view.element.scrollIntoView({ block: "end" });
    let text = "";
    let note = "";
    try {
      for await (const piece of gateway.chat(this.#connection.key, at("model").value, [...this.#messages], running.signal)) {
        text += piece.content;
        if (piece.finish === "length") note = t("The answer reached its length limit.");
        view.show(text, Boolean(piece.thinking));
      }
      if (!text) note ||= t("The model gave no answer.");
    } catch (err) {
      if (running.signal.aborted) note = t("Stopped");
      else this.#failed(view, err);
    }
    view.finish(text, note);
    if (this.#running !== running) return; // a new chat began meanwhile
    if (text) this.#messages.push({ role: "assistant", content: text });
    this.#running = null;
    this.#draw();
  }

  #failed(view, err) {
    const problem = problemOf(err);
    view.fail(problem, () => {
      view.element.remove();
      if (this.#messages.at(-1).role === "assistant") this.#messages.pop(); // the part that came
      this.#answer();
    });
    if (problem.code) this.#onTrouble(err);
  }

  #reset() {
    this.#running?.abort();
    this.#running = null;
    this.#messages = [];
    at("log").replaceChildren();
    this.#draw();
    this.focus();
  }

  #draw() {
    at("welcome").hidden = !this.empty;
    at("new-chat").hidden = this.empty;
    at("room").classList.toggle("fresh", this.empty);
    at("log").setAttribute("aria-busy", String(Boolean(this.#running)));
    at("send").classList.toggle("stop", Boolean(this.#running));
    at("send").setAttribute("aria-label", this.#running ? t("Stop") : t("Send"));
    at("send").querySelector("use").setAttribute("href", this.#running ? "#icon-stop" : "#icon-send");
    this.#fit();
  }

  // fit makes the field as high as its text and Send ready when there is something to send.
  #fit() {
    const field = at("question");
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    at("send").disabled = !this.#running && !field.value.trim();
  }
}

// AnswerView is one answer in the log. It draws at most once a frame, however fast the model is.
class AnswerView {
  element = document.createElement("article");
  #text = document.createElement("div");
  #status = document.createElement("p");
  #answer = new Answer(this.#text);
  #frame = 0;

  constructor() {
    this.element.className = "answer";
    this.#status.className = "thinking";
    this.#status.textContent = t("Waiting for the model");
    this.element.append(this.#text, this.#status);
    at("log").append(this.element);
  }

  show(text, thinking) {
    if (text) this.#status.hidden = true;
    else if (thinking) this.#status.textContent = t("Thinking");
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => keepingBottom(() => this.#answer.show(text)));
  }

  finish(text, note) {
    cancelAnimationFrame(this.#frame);
    keepingBottom(() => {
      this.#answer.show(text);
      this.#status.className = "quiet";
      this.#status.textContent = note;
      this.#status.hidden = !note;
    });
  }

  fail(problem, again) {
    const card = document.createElement("div");
    card.className = "problem";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = t("Try again");
    button.addEventListener("click", again);
    const words = document.createElement("p");
    words.append(bold(problem.title), " ", problem.advice);
    card.append(words, button);
    keepingBottom(() => this.element.append(card));
  }
}

// keepingBottom follows the newest line, unless the person scrolled up to read.
function keepingBottom(change) {
  const box = at("scroll");
  const follows = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM;
  change();
  if (follows) box.scrollTop = box.scrollHeight;
}

function bubble(text) {
  const el = document.createElement("article");
  el.className = "question";
  el.textContent = text;
  return el;
}

function bold(text) {
  const el = document.createElement("strong");
  el.textContent = text;
  return el;
}
