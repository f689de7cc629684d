// What is wrong with the connection while a conversation is open: one sentence above the field,
// with one button. The conversation stays where it is.
import { at, button, titled } from "../elements/dom.js";
import { t } from "../words/text.js";

let shown = null; // the problem that the line is about

/** showTrouble shows a problem, or with null that there is none. retry and pair are what its button does. */
export function showTrouble(problem, { retry, pair }) {
  at("room").classList.toggle("away", Boolean(problem));
  at("trouble").hidden = !problem || (problem.kind !== "pass" && isSaid());
  if (problem && problem !== shown) at("trouble").replaceChildren(titled("span", problem), action(problem, retry, pair));
  shown = problem;
}

// isSaid reports whether the last answer already shows a problem, with a button of its own.
function isSaid() {
  return Boolean(at("log").lastElementChild?.querySelector(".problem"));
}

function action({ kind }, retry, pair) {
  if (kind === "pass") return button("small", t("Enter a new code"), pair);
  const again = button("small", t("Try again"), () => {
    again.disabled = true; // until the try has ended, with this problem anew or with none
    again.textContent = t("Connecting…");
    retry();
  });
  return again;
}
