// The laptop's addresses as the test of the connection shows them: which of them answers this phone, and how fast.
import { icon, make } from "../elements/dom.js";
import { triesWords } from "../words/tries.js";
import { t } from "../words/text.js";

/** addressList makes the list, which draws what Address.tries says. An address that answers not is no failure. */
export function addressList() {
  const list = make("ul", "addresses");
  list.setAttribute("aria-label", t("Addresses of the laptop"));
  list.hidden = true;
  return { list, draw: (tries) => {
    list.hidden = tries.length === 0;
    list.replaceChildren(...triesWords(tries).map(row));
  } };
}

function row({ host, state, said }) {
  const mark = make("span", "mark", ...(state === "passed" ? [icon("#icon-check")] : []));
  mark.setAttribute("aria-hidden", "true");
  const line = make("li", "", mark, make("span", "host", host), make("span", "quiet", said));
  line.dataset.state = state;
  return line;
}
