// Copying on plain http, where browsers withhold navigator.clipboard.
import { t } from "./text.js";

const SHOWN = 1800; // milliseconds that a button says that it has copied

/**
 * copyText puts a text on the clipboard and reports whether the browser allowed it. It must be
 * called within a tap. beside is the button that was tapped: it keeps the focus, and a modal
 * dialog around it would let nothing outside be selected.
 */
export function copyText(text, beside) {
  const area = document.createElement("textarea");
  area.className = "unseen";
  area.value = text;
  area.readOnly = true; // keeps the phone's keyboard away
  beside.after(area);
  area.select();
  area.setSelectionRange(0, text.length);
  const done = document.execCommand("copy");
  area.remove();
  beside.focus({ preventScroll: true });
  return done;
}

/** sayCopied lets a button say so for a moment. */
export function sayCopied(button) {
  const words = button.querySelector("span") ?? button;
  words.textContent = t("Copied");
  button.classList.add("done");
  clearTimeout(button.reset);
  button.reset = setTimeout(() => {
    words.textContent = t("Copy");
    button.classList.remove("done");
  }, SHOWN);
}
