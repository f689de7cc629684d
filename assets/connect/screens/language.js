// The choice of a language, for whoever reads another one than their browser.
import { at, make } from "../elements/dom.js";
import { LANGUAGES, remember, remembered } from "../words/language.js";
import { t } from "../words/text.js";

/** offerLanguages fills the list of languages, each by its own name. The page starts anew in the one that is chosen. */
export function offerLanguages() {
  const list = at("language");
  list.append(option("", t("As this phone")), ...LANGUAGES.map((l) => option(l.tag, l.name)));
  list.value = remembered() ?? "";
  list.addEventListener("change", () => {
    remember(list.value);
    location.reload();
  });
}

function option(tag, name) {
  const el = make("option", "", name);
  el.value = tag;
  if (tag) el.lang = tag;
  return el;
}
