// The words on the screen. English texts are the keys of the translations, so the page can be
// read and used without any of them; a file in /translations adds a language.

// LANGUAGES maps a translation file's name to the tag that the document gets.
// Another language is a file in assets/translations/page, its name here, and a sentence in boot.js. The
// window has languages of its own: app/words/language.go.
const LANGUAGES = { en: "en", zh: "zh-Hans" };

/** language is that of the words: "en" or "zh". */
export const language = chooseLanguage(globalThis.navigator?.languages ?? []);
const words = new Map(Object.entries(await load(language)));

/** t translates an English text and fills its {name} places. */
export function t(text, values = {}) {
  return (words.get(text) || text).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/**
 * translated is t for a sentence that the gateway sent: how an app is connected is known there.
 * One that is newer than our words stays English.
 */
export function translated(sentence) {
  return words.get(sentence) ?? sentence;
}

/** chooseLanguage returns the first of a person's languages that we speak, else English. */
export function chooseLanguage(preferred) {
  return preferred.map((tag) => tag.toLowerCase().split("-")[0]).find((l) => Object.keys(LANGUAGES).includes(l)) ?? "en";
}

/**
 * translate puts the markup into the person's language: elements with data-t by their text,
 * and attributes by their data-t-<attribute> twins.
 */
export function translate(root) {
  root.documentElement.lang = LANGUAGES[language];
  for (const el of root.querySelectorAll("[data-t]")) el.textContent = t(el.textContent);
  for (const name of ["aria-label", "placeholder"]) {
    for (const el of root.querySelectorAll(`[data-t-${name}]`)) el.setAttribute(name, t(el.getAttribute(`data-t-${name}`)));
  }
}

// The modules that use t wait for this, so no text is ever drawn in the wrong language.
async function load(name, tries = 2) {
  try {
    const response = await fetch(`/translations/${name}.json`);
    return response.ok ? await response.json() : {};
  } catch {
    return tries > 1 ? load(name, tries - 1) : {}; // English is better than an empty page
  }
}
