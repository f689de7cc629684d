import assert from "node:assert/strict";
import { test } from "node:test";
import { Blocks } from "../../connect/answer/blocks.js";
import { blocksOf } from "../../connect/answer/markdown.js";

const ANSWER = `# Title

A paragraph
of two lines with **bold** and a [link](https://x.example).
- one
- two
  1. deeper
  2. and deeper

  still two
- three

    code by indent

| a | b |
|---|---|
| 1 | 2 |

Setext
------
> quote
lazily

\`\`\`js
let a = 1;

\`\`\`
$$
x_1
$$
1. first

2. second
***
\r\nend\r\nof it`;

// show gives the pieces to Blocks and returns what is on the screen after each of them, and how
// much was settled.
function show(pieces) {
  const blocks = new Blocks();
  const settled = [];
  const screens = [];
  const draw = (ended) => {
    for (;;) {
      const step = blocks.next(ended);
      settled.push(...step.settled);
      screens.push([...settled, ...step.open]);
      if (!step.more) return;
    }
  };
  for (const piece of pieces) {
    blocks.append(piece);
    draw(false);
  }
  draw(true);
  return { last: screens.at(-1), screens, settled };
}

const cut = (text, size) => text.match(new RegExp(`[^]{1,${size}}`, "g"));
const whole = (text) => blocksOf(text).map((block) => ({ html: block.html() }));

test("an answer ends up the same however it was cut", () => {
  for (const size of [1, 2, 3, 7, 50, 1e6]) assert.deepEqual(show(cut(ANSWER, size)).last, whole(ANSWER), `pieces of ${size}`);
});

test("at each moment all of the text so far is seen, as it would be alone", () => {
  const { screens } = show(cut(ANSWER, 1));
  screens.slice(0, ANSWER.length).forEach((screen, i) => assert.deepEqual(screen, whole(ANSWER.slice(0, i + 1)), JSON.stringify(ANSWER.slice(0, i + 1))));
});

test("only the last block is read again", () => {
  const blocks = new Blocks();
  blocks.append("one\n\ntwo\n\nthree\n");
  const { settled, open } = blocks.next();
  assert.deepEqual([settled.length, open.length], [2, 1]);
  blocks.append("and more");
  assert.deepEqual(blocks.next(), { settled: [], open: whole("three\nand more"), more: false });
});

const repeat = (text, length) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const LARGE = 300000;
const HOSTILE = {
  "a line": repeat("a", 1e6), "words": repeat("lorem *ipsum* `dolor` ", LARGE), "stars": repeat("*", LARGE), "brackets": repeat("[", LARGE), "less": repeat("<", LARGE),
  "greater": repeat(">", LARGE), "backticks": repeat("`", LARGE), "tildes": repeat("~", LARGE), "links": repeat("[x](", LARGE), "pictures": repeat("![", LARGE), "underscores": repeat("_a", LARGE),
  "dollars": repeat("$a ", LARGE), "backslashes": repeat("\\(", LARGE), "quotes": ">".repeat(1e5), "addresses": repeat("http://a ", LARGE), "ampersands": repeat("&", LARGE),
  "lists": Array.from({ length: 1400 }, (_, i) => `${" ".repeat(2 * i)}- a`).join("\n"), "items": repeat("- a\n", LARGE), "definitions": repeat("[a]: b\n", LARGE), "lines": repeat("a\n", LARGE),
  "columns": `|${"a|".repeat(1e4)}\n|${"-|".repeat(1e4)}\n|${"b|".repeat(1e4)}`, "rows": `|a|b|\n|-|-|\n${repeat("|c|d|\n", LARGE)}`, "code": `\`\`\`js\n${repeat("let a = 1;\n", LARGE)}`,
  "a line of code": `\`\`\`\n${repeat("x", LARGE)}`, "rules": repeat("---\n", LARGE), "fences": repeat("```\n", LARGE), "emoji": repeat("👩‍👩‍👧", LARGE), "empty lines": "\n".repeat(LARGE) + "x", "spaces": `${" ".repeat(LARGE)}x`,
};

test("hostile answers are read in bounded steps, and none is endless", () => {
  for (const [name, text] of Object.entries(HOSTILE)) {
    const blocks = new Blocks();
    blocks.append(text);
    for (let steps = 0, more = true; more; steps++) {
      const step = blocks.next(true);
      more = step.more;
      assert.ok(steps < 10000, `${name}: endless`);
      for (const block of [...step.settled, ...step.open]) assert.ok((block.html ?? block.plain).length < 500000, `${name}: a block of a size without bounds`);
    }
  }
});

test("a block that is too large keeps every character as text", () => {
  for (const text of [repeat("a", 1e6), repeat("lorem *ipsum* dolor ", 1e5), repeat("👩‍👩‍👧", 1e5), repeat("[", 1e5)]) {
    const { last } = show(cut(text, 4096));
    assert.equal(last.map((block) => block.plain).join(""), text);
    for (const { plain } of last) assert.doesNotMatch(plain, /^[\udc00-\udfff]|[\ud800-\udbff]$/, "a character was cut");
  }
});

test("after a block that is too large Markdown is read again", () => {
  const { last } = show([`${repeat("word ", 20000)}\n\n# Title`]);
  assert.deepEqual(last.at(-1), whole("# Title")[0]);
});

test("long lists, tables and code go on in the same way", () => {
  const items = show(cut(Array.from({ length: 500 }, (_, i) => `${i + 1}. item`).join("\n"), 9)).last;
  assert.ok(items.every(({ html }) => html.startsWith("<ol")));
  assert.equal(items.map(({ html }) => html.match(/<li>/g).length).reduce((a, b) => a + b), 500);
  assert.match(items[1].html, /^<ol start="\d+"/);
  const rows = show([`| a | b |\n|---|---|\n${"| c | d |\n".repeat(2000)}`]).last;
  assert.ok(rows.length > 1 && rows.every(({ html }) => html.includes("<th>a</th>")));
  assert.equal(rows.map(({ html }) => html.match(/<td>c/g).length).reduce((a, b) => a + b), 2000);
  const code = show([`\`\`\`go\n${"x := 1\n".repeat(40000)}\`\`\`\n\nend`]).last;
  assert.equal(code.filter(({ html }) => html.includes("language-go")).map(({ html }) => html.match(/x := 1/g).length).reduce((a, b) => a + b), 40000);
  assert.deepEqual(code.at(-1), whole("end")[0]);
});

test("an answer that is too long for a phone goes on as text, and is whole", () => {
  const text = repeat("Some *words*.\n\n", 3e6);
  const { last } = show(cut(text, 65536));
  const rest = last.filter((block) => block.plain).map((block) => block.plain).join("");
  assert.ok(rest.length > 1.9e6 && text.endsWith(rest));
  assert.equal(last.filter((block) => block.html).length * 15 + rest.length, text.length);
});

test("letters that turn a text around are left out", () => {
  assert.deepEqual(show(["a\u202eb\u2066c", "\u2069"]).last, whole("abc"));
});
