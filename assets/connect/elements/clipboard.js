// Copying on plain http, where browsers withhold navigator.clipboard.
import { t } from "../words/text.js";
import { button, make } from "./dom.js";

const SHOWN = 1800; // milliseconds for which a button says that it has copied

/**
 * copyButton is a button that copies what text() returns, and says so. Where the browser refuses, the
 * element that shown() returns is selected, for the phone's own menu. after() is called when it was copied.
 */
export function copyButton(className, text, shown, after) {
  return button(className, t("Copy"), ({ currentTarget }) => {
    if (copy(text(), shown, currentTarget)) after?.();
  });
}

/** copy is what a copyButton does when it is tapped; it tells whether the browser allowed it. */
export function copy(text, shown, tapped) {
  const done = copyText(text, tapped);
  if (done) sayCopied(tapped);
  else getSelection().selectAllChildren(shown());
  return done;
}

// copyText must be called within a tap. The button keeps the focus, and the text stands beside it: a
// modal dialog around it would let nothing outside be selected.
function copyText(text, beside) {
  const area = Object.assign(make("textarea", "unseen"), { value: text, readOnly: true }); // keeps the phone's keyboard away
  beside.after(area);
  area.select();
  area.setSelectionRange(0, text.length);
  const done = document.execCommand("copy");
  area.remove();
  beside.focus({ preventScroll: true });
  return done;
}

function sayCopied(el) {
  el.textContent = t("Copied");
  el.classList.add("done");
  clearTimeout(el.reset);
  el.reset = setTimeout(() => {
    el.textContent = t("Copy");
    el.classList.remove("done");
  }, SHOWN);
}
