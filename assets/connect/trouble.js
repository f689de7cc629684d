// What is wrong with the connection while a conversation is open: one sentence above the field,
// with one button. The conversation stays where it is.
import { at } from "./dom.js";
import { t } from "./text.js";

let shown = null; // the problem that the line has words of

/** showTrouble shows a problem, or with null that there is none. retry and pair are what its button does. */
export function showTrouble(problem, { retry, pair }) {
  at("room").classList.toggle("away", Boolean(problem));
  at("trouble").hidden = !problem || (problem.kind !== "pass" && isSaid());
  if (problem && problem !== shown) at("trouble").replaceChildren(words(problem), button(problem, retry, pair));
  shown = problem;
}

// isSaid reports whether the last answer tells of a problem already, with a button of its own.
function isSaid() {
  return Boolean(at("log").lastElementChild?.querySelector(".problem"));
}

function words({ title, advice }) {
  const text = document.createElement("span");
  const strong = document.createElement("strong");
  strong.textContent = title;
  text.append(strong, " ", advice);
  return text;
}

// button stays pressed until the try has ended, with this problem anew or with none.
function button({ kind }, retry, pair) {
  const el = document.createElement("button");
  el.type = "button";
  el.className = "small";
  el.textContent = kind === "pass" ? t("Enter a new code") : t("Try again");
  el.addEventListener("click", kind === "pass" ? pair : () => {
    el.disabled = true;
    el.textContent = t("Connecting…");
    retry();
  });
  return el;
}
