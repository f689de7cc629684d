// The room where the person chats: the conversation, and how it goes on.
import { Composer } from "./composer.js";
import { at, button, make } from "../elements/dom.js";
import { keepFocus } from "../elements/focus.js";
import { follow } from "../elements/viewport.js";
import * as gateway from "../gateway/gateway.js";
import { forModel, hasPhotos, question } from "./messages.js";
import { Picker, sees } from "./picker.js";
import { Reply } from "./reply.js";
import { t } from "../words/text.js";
import { AnswerView, questionView } from "./turns.js";
import { Waiting } from "./waiting.js";

const SUGGESTIONS = [t("Why is the sky blue?"), t("Write a short thank-you note"), t("Plan a quick dinner for two")];
const SAVING = 2000; // milliseconds between savings of an answer under way
const SAVING_PHOTOS = 10000; // the same where photos have to be written again each time

/**
 * Chat owns the room. It tells trouble(err) the gateway's refusals, and gives save(chat) the chat
 * {id, title, model, messages} after each question and answer, and now and then within an answer.
 */
export class Chat {
  #connection = {};
  #trouble;
  #save;
  #chat = fresh();
  #running = null; // the AbortController of the answer under way
  #toEnd = follow(at("scroll"), at("log"));
  #picker = new Picker((id) => this.#chosen(id));
  #composer = new Composer({
    send: (text, photos) => this.#ask(question(text, photos)),
    stop: () => this.#running?.abort(),
    picker: this.#picker,
  });

  constructor({ trouble, save }) {
    this.#trouble = trouble;
    this.#save = save;
    at("suggestions").append(...SUGGESTIONS.map((text) => this.#suggestion(text)));
    at("new-chat").addEventListener("click", () => {
      this.show(null);
      this.focus();
    });
    this.#draw();
  }

  /** id is that of the chat on the screen. */
  get id() {
    return this.#chat.id;
  }

  /** empty reports whether nothing would be lost by showing another screen. */
  get empty() {
    return this.#messages.length === 0;
  }

  /** busy reports whether an answer is under way. */
  get busy() {
    return Boolean(this.#running);
  }

  /** open shows the room for a connection {key, name, models, model, remember}, new or changed. */
  open(connection) {
    this.#connection = connection;
    at("laptop").textContent = connection.name;
    at("welcome-laptop").textContent = connection.name;
    this.#picker.fill(connection.models, this.#chat.model || connection.model);
    this.#composer.check();
    this.#pickUp();
  }

  /** focus readies the field where that does not raise a keyboard over the page. */
  focus() {
    this.#composer.focus();
  }

  /** show brings a stored chat to the screen, or with null a new one. An answer under way is stopped. */
  show(stored) {
    this.#running?.abort();
    this.#running = null;
    this.#chat = stored ?? fresh();
    this.#picker.choose(this.#chat.model);
    const views = this.#messages.map((message) => (message.role === "user" ? null : this.#newView()));
    at("log").replaceChildren(...views.map((view, i) => view?.element ?? questionView(this.#messages[i])));
    views.forEach((view, i) => view?.restore(this.#messages[i]));
    this.#toEnd();
    this.#draw();
    this.#pickUp();
  }

  /** drop is show(null) for a chat that was deleted: it is no longer saved. */
  drop() {
    this.#chat.dropped = true;
    this.show(null);
  }

  get #messages() {
    return this.#chat.messages;
  }

  #chosen(id) {
    this.#composer.chosen();
    this.#connection.remember?.(id);
  }

  #suggestion(text) {
    return make("li", "", button("", text, () => this.#ask(question(text, []))));
  }

  #ask(message) {
    if (this.#running) return;
    this.#messages.push(message);
    at("log").append(questionView(message));
    keepFocus(() => this.#answer(), () => at("send"));
  }

  #answer() {
    const model = this.#picker.model;
    const messages = forModel(this.#messages, sees(model), t("Photo"));
    const blind = hasPhotos(this.#messages) && !sees(model);
    const notes = blind ? [{ of: "blind", model: model.label }] : [];
    const message = { role: "assistant", content: "", model: model.id, stream: gateway.newStream() };
    this.#messages.push(message);
    this.#chat.model = model.id;
    const view = this.#newView();
    at("log").append(view.element);
    this.#toEnd();
    this.#run(message, view, (signal) => {
      message.stream = gateway.newStream(); // a try that was refused may have used up the one before
      return gateway.chat(this.#connection.key, model.id, messages, { signal, stream: message.stream });
    }, notes);
  }

  // pickUp goes on with an answer that was under way when the page was left.
  #pickUp() {
    const message = this.#messages.at(-1);
    if (!message?.stream || this.#running || !this.#connection.key) return;
    const view = this.#newView();
    at("log").lastElementChild.replaceWith(view.element);
    view.restore(message); // until the laptop sends it again, from its beginning
    this.#run(message, view, (signal) => gateway.resume(this.#connection.key, message.stream, signal));
  }

  async #run(message, view, begin, notes) {
    const chat = this.#chat;
    const running = this.#running = new AbortController();
    this.#draw();
    this.#keep(chat);
    const saving = this.#keepGrowing(chat, message);
    const pieces = this.#waiting(message, view).over(begin, running.signal);
    const refusal = await new Reply(message, view).read(pieces, running.signal, notes);
    clearInterval(saving);
    this.#keep(chat);
    if (refusal?.code) this.#trouble(refusal);
    if (this.#running !== running) return; // another chat is shown
    this.#running = null;
    this.#draw();
  }

  #waiting({ model }, view) {
    const words = () => t("{model} is being loaded on {laptop}", { model: this.#picker.label(model), laptop: this.#connection.name });
    return new Waiting({
      state: () => gateway.readiness(this.#connection.key, model),
      show: (loading) => view.wait(loading ? words() : ""),
    });
  }

  // keepGrowing saves the chat as its last message grows, until the timer is cleared.
  #keepGrowing(chat, message) {
    const size = () => message.content.length + (message.thoughts?.length ?? 0);
    let kept = size();
    return setInterval(() => {
      if (size() !== kept) this.#keep(chat);
      kept = size();
    }, hasPhotos(chat.messages) ? SAVING_PHOTOS : SAVING);
  }

  #keep({ dropped, ...chat }) {
    if (!dropped) this.#save({ ...chat, changed: Date.now() });
  }

  #newView() {
    const view = new AnswerView(() => this.#again(view));
    return view;
  }

  // again answers the last question once more.
  #again(view) {
    if (this.#running || view.element !== at("log").lastElementChild) return;
    this.#messages.pop();
    keepFocus(() => {
      view.element.remove();
      this.#answer();
    }, () => at("send"));
  }

  #draw() {
    at("welcome").hidden = !this.empty;
    at("new-chat").hidden = this.empty;
    at("room").classList.toggle("fresh", this.empty);
    at("log").setAttribute("aria-busy", String(this.busy));
    this.#composer.busy = this.busy;
  }
}

function fresh() {
  return { id: gateway.newStream(), title: "", model: "", messages: [] };
}
