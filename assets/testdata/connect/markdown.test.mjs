import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf } from "../../connect/answer/markdown.js";

const html = (text) => blocksOf(text).map((block) => block.html().trim()).join("\n");

test("Markdown becomes markup in the page's shape", () => {
  for (const [text, want] of [
    ["# A *b*", '<h1 dir="auto">A <em>b</em></h1>'],
    ["a\nb", '<p dir="auto">a<br>\nb</p>'],
    ["~~a~~ **b** `c`", '<p dir="auto"><s>a</s> <strong>b</strong> <code>c</code></p>'],
    ["```go x\na < b\n", '<pre><code class="language-go">a &lt; b\n</code></pre>'],
    ["```\nopen", "<pre><code>open</code></pre>"],
    ["- [ ] a\n- [X] b", '<ul dir="auto">\n<li class="task">a</li>\n<li class="task done">b</li>\n</ul>'],
    ["3. a", '<ol start="3" dir="auto">\n<li>a</li>\n</ol>'],
    ["> a", '<blockquote dir="auto">\n<p>a</p>\n</blockquote>'],
    ["---", "<hr>"],
  ]) assert.equal(html(text), want, text);
});

test("a table scrolls by itself, and is aligned without a style", () => {
  const table = html("|a|b|c|\n|:-|-:|:-:|\n|1|2|3|");
  assert.match(table, /^<div class="table" dir="auto"><table>[^]*<\/table><\/div>$/);
  assert.match(table, /<th class="left">a<\/th>\n<th class="right">b<\/th>\n<th class="center">c<\/th>/);
  assert.doesNotMatch(table, /style/);
});

test("links lead to the web or to mail, and nowhere else", () => {
  assert.match(html("[a](https://x.example/b) http://y.example me@z.example"), /href="https:\/\/x\.example\/b".*href="http:\/\/y\.example".*href="mailto:me@z\.example"/);
  for (const address of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "/pair", "//evil.example", "#c=7KQ2M9XF", "chatbox://x"]) {
    for (const text of [`[a](${address})`, `![a](${address})`, `<${address}>`, `[a][b]\n\n[b]: ${address}`, `[a](<${address}>)`]) {
      assert.doesNotMatch(html(text), /<a|<img/, text);
    }
  }
});

test("an address that stands below its link stays in sight", () => {
  assert.match(html("See [this][1].\n\n[1]: https://x.example/a"), /See \[this\]\[1\][^]*\[1\]: <a href="https:\/\/x\.example\/a">/);
});

test("a picture is a link to it, or in a link the words for it", () => {
  assert.equal(html("![a *cat*](https://x.example/c.png)"), '<p dir="auto"><a href="https://x.example/c.png" class="picture">a cat</a></p>');
  assert.equal(html("[![cat](https://x.example/c.png)](https://y.example)"), '<p dir="auto"><a href="https://y.example">cat</a></p>');
  assert.match(html("![](https://x.example/c.png)"), />https:\/\/x\.example\/c\.png</);
});

test("markup that a model writes is text", () => {
  for (const text of [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe src=//x.example>", "<style>*{display:none}</style>",
    "<form action=//x.example><input>", "<a href=javascript:alert(1)>x</a>", "<!-- x -->", "<![CDATA[x]]>", "<?php x ?>", "a <b onclick=x>b</b>", "| a |\n|--|\n| <td onclick=x> |",
    "# <h1 onload=x>", "`<b>`", "```\n</code></pre><script>\n```", "```\"><script>\nx\n```", "[<img src=x>](https://x.example)", "![<img src=x>](https://x.example/\"onerror=x)",
  ]) {
    for (const [tag] of html(text).matchAll(/<[^>]*>/g)) {
      assert.match(tag, /^<\/?(p|h1|div|table|thead|tbody|tr|th|td|pre|code|a|br)( (dir="auto"|class="[^"<>]*"|href="[^"<>]*"))*>$/, `${text} became ${tag}`);
    }
  }
});

test("formulas stay as they were written", () => {
  for (const formula of ["$a_1 * b_2 * c$", "\\(x_1 \\\\ y_1\\)", "\\[ \\frac{a}{b} \\]", "$$a_1 < b_2$$"]) {
    assert.ok(html(`so ${formula} it is`).includes(`<span class="math" dir="ltr">${formula.replace("<", "&lt;")}</span>`), html(`so ${formula} it is`));
  }
  for (const formula of ["$$\na_1\n- b_2\n\\\\\n$$", "\\[\n> a\n\\]", "$$\nopen_1 _"]) {
    assert.equal(html(`text\n${formula}`), `<p dir="auto">text</p>\n<p class="math" dir="ltr">${formula.replace(">", "&gt;")}</p>`);
  }
  assert.equal(html("$$\na\n$$\nb"), '<p class="math" dir="ltr">$$\na\n$$</p>\n<p dir="auto">b</p>');
  assert.doesNotMatch(html("it costs $5, or $6 and $7; `$a$`"), /math/);
});

test("what is nested too deep for a page is known", () => {
  assert.equal(blocksOf(">".repeat(1e5) + " x")[0].kind, "deep");
  assert.equal(blocksOf("> ".repeat(8) + "x")[0].kind, "blockquote");
});
