// A model's answer as elements. Everything goes through textContent, so nothing that a model
// says can become markup or a link.

const FENCE = /^\s*(```|~~~)\s*([\w+#.-]*)/;

/**
 * blocksOf cuts an answer into {kind, text, language} with kind "code" or "text". A fence that
 * is still open runs to the end, so that code looks like code while it arrives.
 */
export function blocksOf(answer) {
  const blocks = [];
  let open = null; // the code block that the lines go to
  let lines = [];
  const close = (kind, language = "") => {
    const text = lines.join("\n");
    if (kind === "code" || text.trim() !== "") blocks.push({ kind, text, language });
    lines = [];
  };
  for (const line of answer.split("\n")) {
    const fence = FENCE.exec(line);
    if (open && fence?.[1] === open.mark && line.trim() === open.mark) {
      close("code", open.language);
      open = null;
    } else if (!open && fence) {
      close("text");
      open = { mark: fence[1], language: fence[2] };
    } else if (!open && line.trim() === "") {
      close("text");
    } else {
      lines.push(line);
    }
  }
  close(open ? "code" : "text", open?.language);
  return blocks;
}

/** Answer keeps an element showing a growing text; only the blocks that changed are made anew. */
export class Answer {
  #element;
  #shown = [];

  constructor(element) {
    this.#element = element;
  }

  show(text) {
    const blocks = blocksOf(text);
    blocks.forEach((block, i) => {
      const source = `${block.kind} ${block.language} ${block.text}`;
      if (this.#shown[i] === source) return;
      this.#shown[i] = source;
      const fresh = block.kind === "code" ? code(block) : paragraph(block.text);
      const stale = this.#element.children[i];
      if (stale) stale.replaceWith(fresh);
      else this.#element.append(fresh);
    });
    while (this.#element.children.length > blocks.length) this.#element.lastChild.remove();
    this.#shown.length = blocks.length;
  }
}

function code({ text, language }) {
  const pre = element("pre", "", element("code", text));
  pre.tabIndex = 0; // to scroll a long line with the keyboard
  if (language) pre.dataset.language = language;
  return pre;
}

function paragraph(text) {
  const p = document.createElement("div");
  p.className = "paragraph";
  p.append(...text.split("\n").map(lineOf));
  return p;
}

function lineOf(line) {
  const [, heading] = /^#{1,6}\s+(.*)$/.exec(line) ?? [];
  if (heading) return element("strong", "", ...inline(heading), "\n");
  const [, indent, mark, rest] = /^(\s*)([-*+•]|\d{1,3}[.)])\s+(.*)$/.exec(line) ?? [];
  if (!mark) return element("span", "", ...inline(line), "\n");
  const item = element("span", "", element("span", /\d/.test(mark) ? mark : "•"), element("span", "", ...inline(rest)));
  item.className = "item";
  item.style.paddingInlineStart = `${Math.min(indent.length, 8) * 0.5}em`;
  return item;
}

// inline finds `code` and **bold**; everything else stays as it was written.
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean).map((part) => {
    if (/^`[^`]+`$/.test(part)) return element("code", part.slice(1, -1));
    if (/^\*\*[^*]+\*\*$/.test(part)) return element("strong", part.slice(2, -2));
    return part;
  });
}

function element(name, text, ...children) {
  const el = document.createElement(name);
  el.append(text, ...children);
  return el;
}
