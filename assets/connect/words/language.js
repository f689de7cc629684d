// Which language the page speaks, and how numbers and times are written in it. No DOM in here.

// LANGUAGES are those that the page speaks, the one for everybody else first: a translation's file, the tag that
// the document gets, the language's own name, and the beginnings of the tags (RFC 5646) whose people read it
// best; dir where it is written from right to left. Another one is a row here and what CONTRIBUTING.md lists. The window has languages of its own:
// app/words/language.go.
export const LANGUAGES = [
  { file: "en", tag: "en", name: "English", speak: ["en"] },
  { file: "zh", tag: "zh-Hans", name: "简体中文", speak: ["zh"] },
  { file: "zh-Hant", tag: "zh-Hant", name: "繁體中文", speak: ["zh-Hant", "zh-TW", "zh-HK", "zh-MO", "yue"] },
  { file: "ja", tag: "ja", name: "日本語", speak: ["ja"] },
  { file: "ko", tag: "ko", name: "한국어", speak: ["ko"] },
  { file: "de", tag: "de", name: "Deutsch", speak: ["de", "gsw"] },
  { file: "fr", tag: "fr", name: "Français", speak: ["fr"] },
  { file: "es", tag: "es", name: "Español", speak: ["es"] },
  { file: "pt-BR", tag: "pt-BR", name: "Português (Brasil)", speak: ["pt"] },
  { file: "it", tag: "it", name: "Italiano", speak: ["it"] },
  { file: "ru", tag: "ru", name: "Русский", speak: ["ru"] },
  { file: "vi", tag: "vi", name: "Tiếng Việt", speak: ["vi"] },
  { file: "ar", tag: "ar", name: "العربية", speak: ["ar"], dir: "rtl" },
  { file: "he", tag: "he", name: "עברית", speak: ["he", "iw"], dir: "rtl" },
];

const chosen = chooseLanguage([remembered() ?? "", ...(globalThis.navigator?.languages ?? [])]);

/** language is the row of LANGUAGES that the page speaks. */
export const language = LANGUAGES.find((l) => l.file === chosen);

// Arabic in a browser may come with other digits than those of codes, addresses and models' names.
const locale = `${language.tag}-u-nu-latn`;
const plurals = new Intl.PluralRules(language.tag);

/** chooseLanguage returns the file of the first of a person's languages that we speak, else English. */
export function chooseLanguage(preferred) {
  for (const tag of preferred) {
    const known = LANGUAGES.map((l) => ({ file: l.file, fit: fit(tag, l.speak) })).sort((a, b) => b.fit - a.fit)[0];
    if (known.fit > 0) return known.file;
  }
  return LANGUAGES[0].file;
}

// fit is the length of the longest of the beginnings that a tag has.
function fit(tag, beginnings) {
  const asked = `${tag.toLowerCase().replace(/_/g, "-")}-`;
  return Math.max(0, ...beginnings.filter((b) => asked.startsWith(`${b.toLowerCase()}-`)).map((b) => b.length));
}

/** remembered is the tag that the person chose on this page, or null: then the browser's languages count. */
export function remembered() {
  try {
    return globalThis.localStorage?.getItem("language") ?? null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** remember keeps that choice; an empty one is the browser's languages. */
export function remember(tag) {
  try {
    if (tag) globalThis.localStorage.setItem("language", tag);
    else globalThis.localStorage.removeItem("language");
  } catch {
    // a browser that keeps nothing stays with its own language
  }
}

/** category is the plural category of a count: "one" for 21 in Russian. */
export function category(count) {
  return plurals.select(count);
}

/** number writes n as the language does, with so many decimal places. */
export function number(n, decimals = 0) {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(n);
}

/**
 * moment writes a time as the language does, in the parts that form asks for as Intl.DateTimeFormat does. The
 * clock has 24 hours, as in the window.
 */
export function moment(time, form) {
  return time.toLocaleString(locale, { ...form, hourCycle: "h23" });
}
