// Formulas in LaTeX, for markdown-it: the page cannot draw them, so they stay as the model wrote
// them. Without these rules Markdown would take their underscores, stars and backslashes away.

const LONGEST = 500; // characters of a formula within a line, so that no text is searched twice for an end
const INLINE = /\\\((?:[^\\]|\\[^)])+?\\\)|\\\[(?:[^\\]|\\[^\]])+?\\\]|\$\$[^$]+\$\$|\$(?![\s$])(?:[^$`\\\n]|\\[^\n])*?[^\s$`\\]\$(?!\d)/y;
const ENDS = { "$$": "$$", "\\[": "\\]" };

/** math is a plugin of markdown-it. */
export function math(library) {
  library.inline.ruler.before("escape", "math", inline);
  library.block.ruler.before("fence", "math_block", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
  const show = (tag) => (tokens, i) => `<${tag} class="math" dir="ltr">${library.utils.escapeHtml(tokens[i].content)}</${tag}>`;
  library.renderer.rules.math = show("span");
  library.renderer.rules.math_block = show("p");
}

function inline(state, silent) {
  const mark = state.src.charCodeAt(state.pos);
  if (mark !== 0x24 /* $ */ && mark !== 0x5c /* \ */) return false;
  INLINE.lastIndex = 0;
  const [formula] = INLINE.exec(state.src.slice(state.pos, Math.min(state.posMax, state.pos + LONGEST))) ?? [];
  if (!formula) return false;
  if (!silent) state.push("math", "", 0).content = formula;
  state.pos += formula.length;
  return true;
}

// block takes lines from one that begins with $$ or \[ to the one that ends it, or, while that
// has not come, to the next empty line.
function block(state, first, last, silent) {
  const lineAt = (n) => state.src.slice(state.bMarks[n] + state.tShift[n], state.eMarks[n]).trim();
  const end = ENDS[lineAt(first).slice(0, 2)];
  if (!end || state.sCount[first] - state.blkIndent >= 4) return false;
  let line = first;
  if (!lineAt(first).slice(2).endsWith(end)) {
    do line++;
    while (line < last && lineAt(line) !== "" && state.sCount[line] >= state.blkIndent && !lineAt(line).endsWith(end));
    if (line >= last || !lineAt(line).endsWith(end)) line--;
  }
  if (silent) return true;
  const token = state.push("math_block", "p", 0);
  token.content = state.getLines(first, line + 1, state.blkIndent, false).trim();
  token.map = [first, line + 1];
  state.line = line + 1;
  return true;
}
