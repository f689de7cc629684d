// Reads an answer aloud, where this phone has voices: they speak on plain http too.
import { button } from "../elements/dom.js";
import { language } from "../words/language.js";
import { t } from "../words/text.js";

const MOST = 180; // characters in one go: some voices fall silent in the middle of more

// Which language a text is written in, where its letters tell.
const SCRIPTS = [
  [/[\u3040-\u30ff]/, "ja"], [/[\uac00-\ud7af]/, "ko"], [/[\u4e00-\u9fff]/, "zh"], [/[\u0400-\u04ff]/, "ru"],
  [/[\u0600-\u06ff]/, "ar"], [/[\u0590-\u05ff]/, "he"], [/[\u0370-\u03ff]/, "el"], [/[\u0e00-\u0e7f]/, "th"], [/[\u0900-\u097f]/, "hi"],
];

const { speechSynthesis: synthesis, document } = globalThis;
let silent = () => {}; // what the button does that was pressed last, when its answer is over

// The buttons are seen while there is a voice: which there are some browsers know only later.
if (synthesis) {
  const look = () => document.documentElement.classList.toggle("speaks", synthesis.getVoices().length > 0);
  synthesis.addEventListener?.("voiceschanged", look);
  look();
  addEventListener("pagehide", () => synthesis.cancel());
}

/** speechButton reads what text() returns, or stops doing so. */
export function speechButton(text) {
  const view = button("speak", t("Read aloud"), () => (view.dataset.speaks ? stop() : speak(view, text())));
  return view;
}

function speak(view, text) {
  stop();
  const parts = partsOf(text);
  const spoken = spokenIn(text);
  const over = () => {
    delete view.dataset.speaks;
    view.textContent = t("Read aloud");
    silent = () => {};
  };
  silent = over;
  view.dataset.speaks = "true";
  view.textContent = t("Stop reading");
  parts.forEach((part, i) => {
    const utterance = new SpeechSynthesisUtterance(part);
    utterance.lang = spoken;
    // A button that was pressed since has its own end.
    if (i === parts.length - 1) utterance.onend = () => { if (silent === over) over(); };
    utterance.onerror = () => { if (silent === over) stop(); };
    synthesis.speak(utterance);
  });
  if (parts.length === 0) over();
}

function stop() {
  synthesis.cancel();
  silent();
}

/** partsOf cuts a text into sentences, and those into what a voice says in one go. */
export function partsOf(text) {
  const sentences = text.match(/[^.!?。！？\n]+[.!?。！？\n]*/g) ?? [];
  return sentences.flatMap((sentence) => sentence.trim().match(new RegExp(`\\S[^]{0,${MOST - 1}}(?=\\s|$)|\\S[^]{0,${MOST - 1}}`, "g")) ?? [])
    .map((part) => part.trim()).filter((part) => /[\p{L}\p{N}]/u.test(part));
}

/** spokenIn is the language of a text by its letters, else that of the page. */
export function spokenIn(text, usual = language.tag) {
  return SCRIPTS.find(([letters]) => letters.test(text))?.[1] ?? usual;
}
