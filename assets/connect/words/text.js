// The words on the screen. English texts are the keys of the translations, so the page can be
// read and used without any of them; a file in /translations adds a language.
import { category, language, number } from "./language.js";

const words = new Map(Object.entries(load(language.file)));

/**
 * t translates an English text and fills its {name} places. Numbers are written as the language does, and the one
 * named count decides which of its plural forms a text has.
 */
export function t(text, values = {}) {
  return form(words.get(text), values.count, text).replace(/\{(\w+)\}/g, (place, name) => said(values[name]) ?? place);
}

// form is the sentence of a translation for a count: there may be one for each plural category.
function form(translation, count, english) {
  if (typeof translation !== "object") return translation || english;
  return translation[category(count ?? 0)] ?? translation.other ?? english;
}

function said(value) {
  return typeof value === "number" ? number(value) : value;
}

/**
 * translated is t for a sentence that the gateway sent: how an app is connected is known there.
 * One that is newer than our words stays English.
 */
export function translated(sentence) {
  return words.get(sentence) ?? sentence;
}

/**
 * translate puts the markup into the person's language: elements with data-t by their text,
 * and attributes by their data-t-<attribute> twins.
 */
export function translate(root) {
  root.documentElement.lang = language.tag;
  root.documentElement.dir = language.dir ?? "ltr";
  for (const el of root.querySelectorAll("[data-t]")) el.textContent = t(el.textContent);
  for (const name of ["aria-label", "placeholder"]) {
    for (const el of root.querySelectorAll(`[data-t-${name}]`)) el.setAttribute(name, t(el.getAttribute(`data-t-${name}`)));
  }
}

// load returns the words of a language. They come within the page, in the language that the browser asked
// for it in. Where that is another one, everything waits for them, so no text is ever drawn in the wrong
// language.
function load(name) {
  const came = globalThis.document?.getElementById("words");
  return came?.dataset.language === name ? JSON.parse(came.textContent) : fetched(name);
}

function fetched(name, tries = 2) {
  try {
    const request = new XMLHttpRequest();
    request.open("GET", `/translations/${name}.json`, false);
    request.send();
    return request.status === 200 ? JSON.parse(request.responseText) : {};
  } catch {
    return tries > 1 ? fetched(name, tries - 1) : {}; // English is better than an empty page
  }
}
