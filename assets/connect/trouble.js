// What is wrong with the connection while a conversation is open: one sentence above the field,
// with one button. The conversation stays where it is.
import { t } from "./text.js";

const at = (id) => document.getElementById(id);

/** showTrouble shows a problem, or with null that there is none. */
export function showTrouble(problem, { retry, pair }) {
  const line = at("trouble");
  at("room").classList.toggle("away", Boolean(problem));
  line.hidden = !problem || (problem.kind !== "pass" && isSaid());
  if (line.hidden) return;
  const words = document.createElement("span");
  const title = document.createElement("strong");
  title.textContent = problem.title;
  words.append(title, " ", problem.advice);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = problem.kind === "pass" ? t("Enter a new code") : t("Try again");
  button.addEventListener("click", problem.kind === "pass" ? pair : retry);
  line.replaceChildren(words, button);
}

// isSaid reports whether the last answer tells of a problem already, with a button of its own.
function isSaid() {
  return Boolean(at("log").lastElementChild?.querySelector(".problem"));
}
