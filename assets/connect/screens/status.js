// The screen that says how the connection stands: one picture, one sentence, one button.
import { at, make } from "../elements/dom.js";
import { formatCode, isWhole, normalizeCode } from "../pairing/code.js";
import { t } from "../words/text.js";
import { triesWords } from "../words/tries.js";

const LONG = 2500; // milliseconds of connecting after which a person wants something to do

const WORDS = {
  busy: { picture: "busy", title: t("Connecting…"), advice: "" },
  pair: { picture: "pair", title: t("Connect to your laptop"), advice: t("Scan the code in Modelbeam on the laptop with the camera, or type it here.") },
};

/** Status owns that screen. It calls submit(code), retry() and pair() for what is pressed. */
export class Status {
  #screen = "";
  #wait = 0; // seconds before another code may be tried
  #countdown = 0;
  #long = 0;

  constructor({ submit, retry, pair }) {
    at("retry").addEventListener("click", retry);
    at("pair").addEventListener("click", pair);
    at("code").addEventListener("input", (event) => this.#typed(event));
    at("code-form").addEventListener("submit", (event) => {
      event.preventDefault();
      submit(normalizeCode(at("code").value));
    });
  }

  /** typing reports whether a person began to type a code. */
  get typing() {
    return this.#screen === "pair" && at("code").value !== "";
  }

  /** show draws a state of screen.js; draft is a code that was not tried yet. */
  show({ screen, problem }, draft = "") {
    const { picture, title, advice } = problem ?? WORDS[screen];
    document.title = `${title} · Modelbeam`;
    at("status-glyph").dataset.kind = picture;
    at("status-glyph").querySelector("use").setAttribute("href", `#icon-${picture === "pair" ? "scan" : picture}`);
    say(at("status-title"), title);
    say(at("status-advice"), advice);
    drawTries(screen === "away" ? problem.tries ?? [] : []);
    at("code-form").hidden = screen !== "pair";
    at("retry").hidden = at("status-note").hidden = screen !== "away";
    if (screen === this.#screen) return;
    this.#screen = screen;
    this.#arrive(problem?.wait ?? 0, draft);
  }

  /** leave is called when another screen takes its place. */
  leave() {
    this.#screen = "";
    this.#arrive(0, "");
  }

  #arrive(wait, draft) {
    at("code").value = formatCode(draft);
    this.#lockFor(wait);
    at("pair").hidden = true;
    clearTimeout(this.#long);
    if (this.#screen === "busy") this.#long = setTimeout(() => { at("pair").hidden = false; }, LONG);
  }

  // lockFor disables the code's button for so many seconds and counts them down.
  #lockFor(seconds) {
    this.#wait = seconds;
    this.#draw();
    clearTimeout(this.#countdown);
    if (seconds > 0) this.#countdown = setTimeout(() => this.#lockFor(seconds - 1), 1000);
  }

  #draw() {
    at("code-submit").disabled = this.#wait > 0 || !isWhole(normalizeCode(at("code").value));
    at("code-submit").textContent = this.#wait > 0 ? t("Wait {seconds} s", { seconds: this.#wait }) : t("Connect");
  }

  #typed(event) {
    const field = at("code");
    // Only at the end: a cursor in the middle would jump, and an input method would be disturbed.
    if (!event.isComposing && field.selectionEnd === field.value.length) field.value = formatCode(normalizeCode(field.value));
    this.#draw();
  }
}

// drawTries lists what this phone has tried, for whoever wants to compare it with what the laptop shows.
function drawTries(tries) {
  at("status-tries").hidden = tries.length === 0;
  at("status-tries").replaceChildren(...triesWords(tries).map(({ host, said }) => make("li", "", make("span", "host", host), " ", make("span", "", said))));
}

// say leaves a text alone that is already there: a screen reader would read it again.
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
