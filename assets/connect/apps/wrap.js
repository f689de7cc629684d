// Where the address of a laptop may go on in the next line: a person who types it from there must see its parts.
import { make } from "../elements/dom.js";

// The parts of http://modelbeam-c53c.local:8717/v1: how, the name, the port and the path.
const ADDRESS = /^(https?:\/\/)([^\s/:]+|\[[^\s/]+\])(:\d+)?(\/\S*)?$/;

/**
 * wrapped is an element with a text that wraps well. An address goes on in the next line after "//" where that is enough,
 * else after a dot of the name too, else before the port, and in what is still too long for a line at its signs. Any
 * other text does so anywhere.
 */
export function wrapped(text) {
  const [, scheme, name, port = "", path = ""] = ADDRESS.exec(text) ?? [];
  if (!name) return make("span", "", text);
  const labels = name.match(/[^.]+\.?/g).map((label) => piece(...label.match(/[^:-]+[:-]*|[:-]+/g).map((part) => piece(part))));
  const ending = piece(...[port, ...path.match(/\/[^/]*/g) ?? []].filter(Boolean).map((part) => piece(part)));
  const last = piece(labels.pop(), ending);
  return make("span", "", piece(scheme), piece(...labels, last));
}

// piece stays in one line where it has room there.
function piece(...content) {
  return make("span", "piece", ...content);
}
