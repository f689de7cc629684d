// The one place where the page finds and makes elements.

/** at finds an element of index.html. */
export const at = (id) => document.getElementById(id);

/** make is an element with a class, which may be "", and what is in it; a text is never markup. */
export function make(name, className, ...content) {
  const el = document.createElement(name);
  if (className) el.className = className;
  el.append(...content);
  return el;
}

/** button is one that calls act with its event and sends no form. act may be missing. */
export function button(className, text, act) {
  const el = make("button", className, text);
  el.type = "button";
  if (act) el.addEventListener("click", act);
  return el;
}

/** iconButton is a button with a picture; label says to a screen reader what it does. */
export function iconButton(className, label, name, act) {
  const el = button(className, "", act);
  el.setAttribute("aria-label", label);
  el.append(icon(name));
  return el;
}

/** picture is an img. */
export function picture(src, alt) {
  return Object.assign(make("img", ""), { src, alt });
}

/** titled is an element that holds a title in bold and the sentence for it. */
export function titled(name, { title, advice }) {
  return make(name, "", make("strong", "", title), " ", advice);
}

/**
 * icon draws a symbol of index.html: "#icon-check". It copies another one: an svg is made with the name
 * of its namespace, which looks like an address.
 */
export function icon(name) {
  const svg = at("close-apps").querySelector("svg").cloneNode(true);
  svg.querySelector("use").setAttribute("href", name);
  return svg;
}
