// "Put it on the home screen": said once, after the first answer, and how in this browser.
import { at, button, make, titled } from "../elements/dom.js";
import * as gateway from "../gateway/gateway.js";
import { stepsFor } from "./steps.js";
import { problemOf } from "../words/problems.js";
import { t } from "../words/text.js";

const STORE = "modelbeam-home"; // that it was said

/** HomeScreen owns the hint and its sheet. key() is the phone's key, "" for none. */
export class HomeScreen {
  #key;
  #way;

  constructor({ key, platform }) {
    this.#key = key;
    const standalone = navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
    this.#way = stepsFor({ userAgent: navigator.userAgent, platform, standalone });
    at("home-show").addEventListener("click", () => this.#open());
    at("home-open").addEventListener("click", () => {
      at("chats").close();
      this.#open();
    });
    at("home-later").addEventListener("click", () => this.#hide());
    at("close-home").addEventListener("click", () => at("home").close());
    at("home").addEventListener("click", (event) => {
      if (event.target === at("home")) at("home").close(); // the backdrop
    });
    at("home").addEventListener("close", () => this.#leave());
  }

  /** allow says whether this phone may have an icon: for later, it stands in the sheet of the chats too. */
  allow(may) {
    at("home-open").hidden = !may || !this.#way;
  }

  /** offer shows the hint, unless this phone has seen it or has no such thing. */
  offer() {
    if (!this.#way || said()) return;
    say();
    at("home-hint").hidden = false;
  }

  #hide() {
    at("home-hint").hidden = true;
    at("open-apps").focus({ preventScroll: true }); // which is near, and raises no keyboard
  }

  async #open() {
    at("home-body").replaceChildren();
    if (!at("home").open) at("home").showModal();
    try {
      if (this.#way.apart) await this.#handOver();
      at("home-body").replaceChildren(...this.#steps());
    } catch (err) {
      const again = button("small", t("Try again"), () => this.#open());
      at("home-body").replaceChildren(make("p", "trouble", titled("span", problemOf(err)), again));
    }
  }

  // handOver puts into the address what the icon needs: it keeps the address of this moment, and sees nothing
  // that this browser keeps. A manifest would have it begin at another one.
  async #handOver() {
    const { code } = await gateway.handover(this.#key());
    if (!at("home").open) return; // closed meanwhile
    at("manifest")?.remove();
    history.replaceState(null, "", `${location.pathname}#h=${code}`);
  }

  #leave() {
    if (location.hash) history.replaceState(null, "", location.pathname);
    this.#hide();
  }

  #steps() {
    const list = make("ol", "way", ...this.#way.steps.map((step) => make("li", "", step)));
    const note = this.#way.apart ? [make("p", "quiet", t("Open the new icon within a week. It stays connected from then on."))] : [];
    return [list, ...note];
  }
}

function said() {
  try {
    return localStorage.getItem(STORE) !== null;
  } catch {
    return true; // nothing can be kept here, an icon's connection neither
  }
}

function say() {
  try {
    localStorage.setItem(STORE, "said");
  } catch {
    // Full: it is said again another time.
  }
}
