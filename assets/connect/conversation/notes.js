// What is said below an answer. A message keeps notes, [{of, model}], and their words are found when it is shown, in
// the language of then: a phone's language may change between. No DOM in here.
import { problemOf } from "../words/problems.js";
import { t } from "../words/text.js";

const NOTES = new Map(Object.entries({
  blind: ({ model }) => t("{model} cannot see pictures, so it got only the words.", { model }),
  length: () => t("The answer reached its length limit."),
  stopped: () => t("Stopped"),
  lost: () => t("The answer was cut off."),
  empty: () => t("The model gave no answer."),
  problem: (note) => problemOf(note).title,
}));

/** noteOf is the note about a refusal: its code, as in words/problems.js. */
export function noteOf(refusal) {
  return { of: "problem", code: String(refusal.code ?? "") };
}

/**
 * sentence is what is said of a message. One that an older page kept has its note in words, in the language of
 * then; a note that a newer page kept, of which this one knows nothing, is left out.
 */
export function sentence({ notes, note }) {
  if (!Array.isArray(notes)) return note ?? "";
  return notes.map((one) => NOTES.get(one.of)?.(one) ?? "").filter(Boolean).join(" ");
}
