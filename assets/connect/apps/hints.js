// What can still stand in the way of an app when every test has passed, by the browser: sentences for the person.
// No DOM in here.
import { engine } from "../gateway/findings.js";
import { t } from "../words/text.js";

/**
 * hintOf is about web apps at an https address, which no test from here can try. Chromium asks the person first,
 * and the others let no such page ask for anything by plain http.
 */
export function hintOf(userAgent) {
  return engine(userAgent) === "chromium"
    ? t("If a website asks to look for devices on your local network, allow it. It cannot reach the laptop otherwise.")
    : t("Websites whose address begins with https cannot reach the laptop from this browser. Use an app from the list above.");
}
