// A model's Markdown as markup: what the library makes of it, in the shape that the page shows.
// No DOM in here, and nothing here is trusted: answer.js sanitises what comes out.
import MarkdownIt from "../vendor/markdown-it.js";
import { math } from "./math.js";

const DEEP = 24; // levels of nesting; people read fewer, and a page of them is a page of margins

// html: false shows every tag as the text that it is. A single line break stays one, as models mean it.
const library = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: DEEP + 4 });
library.use(math);
library.disable("reference"); // an address that stands below its link may come after the link is settled; it stays in sight
library.validateLink = (address) => /^(https?:|mailto:)/i.test(address);
library.core.ruler.push("page", (state) => shape(state.tokens));
library.renderer.rules.table_open = () => '<div class="table" dir="auto"><table>';
library.renderer.rules.table_close = () => "</table></div>";

/**
 * blocksOf cuts a text into its top-level blocks {kind, start, end, items, html()}: start and end
 * are lines, items the first lines of a list's items, kind the library's name ("fence", "bullet_list" ...).
 * A block that is nested too deep for a page has the kind "deep" and no markup.
 */
export function blocksOf(text) {
  const blocks = [];
  let open = 0; // where the block began
  const tokens = library.parse(text, {});
  tokens.forEach((token, i) => {
    if (token.level > 0 || token.nesting > 0) {
      if (token.level === 0) open = i;
      return;
    }
    blocks.push(block(token.nesting < 0 ? tokens.slice(open, i + 1) : [token]));
  });
  return blocks;
}

function block(tokens) {
  const deep = tokens.some((token) => token.level > DEEP);
  return {
    kind: deep ? "deep" : tokens[0].type.replace(/_open$/, ""),
    start: tokens[0].map[0],
    end: tokens[0].map[1],
    items: tokens.filter((token) => token.type === "list_item_open" && token.level === 1).map((token) => token.map[0]),
    html: () => library.renderer.render(tokens, library.options, {}),
  };
}

function shape(tokens) {
  tokens.forEach((token, i) => {
    // The text itself tells whether its language is written from right to left. Browsers look only at
    // text that is in no inner element with a dir of its own.
    if (token.level === 0 && token.nesting > 0 && token.tag !== "table") token.attrSet("dir", "auto");
    if (/^t[hd]_open$/.test(token.type)) align(token);
    if (token.type !== "inline") return;
    if (tokens[i - 2]?.type === "list_item_open") task(tokens[i - 2], token);
    token.children = withoutPictures(token.children);
  });
}

// align says in a class what the library says in a style, which the page's policy refuses.
function align(cell) {
  const side = /text-align:(left|center|right)/.exec(cell.attrGet("style") ?? "")?.[1];
  cell.attrs = null;
  if (side) cell.attrSet("class", side);
}

function task(item, { children: [first] }) {
  const [mark, sign] = /^\[([ xX])\] /.exec(first?.content ?? "") ?? [];
  if (first?.type !== "text" || !mark) return;
  first.content = first.content.slice(mark.length);
  item.attrSet("class", sign === " " ? "task" : "task done");
}

// withoutPictures makes links out of pictures: the page loads nothing from anywhere else, or whoever
// hosts the picture would learn who reads. Within a link only the words for it stay.
function withoutPictures(tokens) {
  let inLink = false;
  return tokens.flatMap((token) => {
    if (token.type === "link_open" || token.type === "link_close") inLink = token.nesting > 0;
    if (token.type !== "image") return [token];
    const words = make("text", "", 0);
    words.content = library.renderer.renderInlineAsText(token.children, library.options, {}) || token.attrGet("src");
    if (inLink) return [words];
    const open = make("link_open", "a", 1);
    open.attrs = [["href", token.attrGet("src")], ["class", "picture"]];
    return [open, words, make("link_close", "a", -1)];
  });
}

function make(type, tag, nesting) {
  return new MarkdownIt.Token(type, tag, nesting);
}
