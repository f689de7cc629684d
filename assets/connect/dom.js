// The few things that every part of the page does with elements.

/** at finds an element of index.html. */
export const at = (id) => document.getElementById(id);

/** make is an element with a class, which may be "", and a text, which is never markup. */
export function make(name, className, text = "") {
  const el = document.createElement(name);
  if (className) el.className = className;
  el.append(text);
  return el;
}

/** button is one that calls act with its event and sends no form. */
export function button(className, text, act) {
  const el = make("button", className, text);
  el.type = "button";
  el.addEventListener("click", act);
  return el;
}

/** icon draws a symbol of index.html: "#icon-check". */
export function icon(name) {
  const svg = at("close-apps").querySelector("svg").cloneNode(true);
  svg.querySelector("use").setAttribute("href", name);
  return svg;
}
