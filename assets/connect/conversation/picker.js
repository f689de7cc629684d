// The list of models below the field.
import { at, make } from "../elements/dom.js";
import { isDemo } from "../gateway/models.js";
import { t } from "../words/text.js";

/** Picker owns the list. onChoice is called with the id of each model that is chosen. */
export class Picker {
  #models = [];
  #onChoice;

  constructor(onChoice) {
    this.#onChoice = onChoice;
    at("model").addEventListener("change", () => this.#chosen());
  }

  /** fill shows models {id, label, capabilities, cloud}, and keeps the choice where it can. */
  fill(models, chosen) {
    const list = at("model");
    this.#models = models;
    const unchanged = models.length === list.length && models.every((m, i) => m.id === list.options[i].value);
    if (unchanged) return; // making it anew would close it under the person's finger
    const wanted = list.value || chosen;
    list.replaceChildren(...models.map((m) => new Option(m.label, m.id)));
    if (models.some((m) => m.id === wanted)) list.value = wanted;
    list.disabled = models.length < 2;
    this.#chosen();
  }

  /** choose changes to a model, if it is there. */
  choose(id) {
    if (!this.#models.some((m) => m.id === id)) return;
    at("model").value = id;
    this.#chosen();
  }

  /** model is the chosen one, {id, label, capabilities}. */
  get model() {
    return this.#models.find((m) => m.id === at("model").value) ?? { id: at("model").value, label: at("model").value };
  }

  /** label is what a model is called on the screen. */
  label(id) {
    return this.#models.find((m) => m.id === id)?.label ?? id;
  }

  /** seeing are the models that are known to see pictures. */
  get seeing() {
    return this.#models.filter((m) => m.capabilities?.includes("vision"));
  }

  #chosen() {
    fit(at("model"));
    at("demo").hidden = !isDemo(at("model").value);
    const { cloud } = this.model;
    at("cloud").hidden = !cloud;
    at("cloud").textContent = cloud ? t("Answers come from {host}, not from the laptop.", { host: cloud }) : "";
    this.#onChoice(at("model").value);
  }
}

// fit makes the list as wide as what is chosen, where the browser's own width is that of its longest
// name. Where field-sizing is known, it does the same.
function fit(list) {
  if (globalThis.CSS?.supports?.("field-sizing", "content")) return;
  const style = getComputedStyle(list);
  const pen = make("canvas", "").getContext("2d");
  if (!pen) return;
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  const words = pen.measureText(list.selectedOptions[0]?.textContent ?? "").width;
  list.style.width = `${Math.ceil(words + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight)) + 2}px`;
}

/** sees reports whether a model can see pictures, as far as is known: one that says nothing may. */
export function sees({ capabilities }) {
  return !capabilities || capabilities.includes("vision");
}
