package bundle

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"modelbeam/assets"
)

func folder(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

// TestBuild holds what becomes of each part of a page.
func TestBuild(t *testing.T) {
	d, err := Build(folder(map[string]string{
		"index.html": "<script src=\"/a.js\"></script>\n<link rel=\"stylesheet\" href=\"/b.css\">\n<img src=\"/c.svg\" alt=\"\">\n<script type=\"module\" src=\"/d.js\"></script>",
		"a.js":       "var a = 1; // the first\n",
		"b.css":      "/* no rule */\nbody { color: red; }\n",
		"c.svg":      "<svg xmlns=\"http://www.w3.org/2000/svg\">\n  <rect fill=\"url(#g)\"/>\n</svg>",
		"d.js":       "import { f } from \"./e/f.js\";\nf();\n",
		"e/f.js":     "export function f() { return 1; }\n",
	}), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	want := "<script>var a=1</script>\n<style>body{color:red}</style>\n" +
		"<img src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E %3Crect fill='url(%23g)'/%3E %3C/svg%3E\" alt=\"\">\n<script>"
	got := string(d.HTML)
	if !strings.HasPrefix(got, want) || strings.Contains(got, "import") || strings.Contains(got, "export") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	sum := sha256.Sum256([]byte("var a=1"))
	if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; len(d.Scripts) != 2 || d.Scripts[0] != hash || len(d.Styles) != 1 {
		t.Errorf("hashes %v %v, want %s first", d.Scripts, d.Styles, hash)
	}
}

// TestModulesComeOnceAndInOrder: what is imported comes first, and a later script has no second copy.
func TestModulesComeOnceAndInOrder(t *testing.T) {
	d, err := Build(folder(map[string]string{
		"p.html":       "<script type=\"module\" src=\"/one.js\"></script><script type=\"module\" src=\"/two.js\"></script>",
		"one.js":       "import { base } from \"./base.js\";\nact(base, \"one\");\n",
		"two.js":       "import * as all from \"./base.js\";\nimport late from \"./deep/late.js\";\nact(all.base, late);\n",
		"base.js":      "export const base = \"the base\";\n",
		"deep/late.js": "import { base as b } from \"../base.js\";\nconst x = b;\nexport { x as default };\n",
	}), "p.html")
	if err != nil {
		t.Fatal(err)
	}
	got := string(d.HTML)
	at := -1
	for _, part := range []string{"the base", "\"one\"", "</script>", "deep/late.js", "</script>"} {
		next := strings.Index(got[at+1:], part)
		if next < 0 {
			t.Fatalf("%q does not come where it should in %s", part, got)
		}
		at += 1 + next
	}
	if strings.Count(got, "the base") != 1 {
		t.Errorf("a module comes twice: %s", got)
	}
}

// TestLines holds what stands for an import or an export.
func TestLines(t *testing.T) {
	for line, want := range map[string]string{
		`import { a, b as c } from "./x.js";`: `const { a, b:c }=modules["in/x.js"];`,
		`import * as all from "../x.js";`:     `const all=modules["x.js"];`,
		`import It from "./x.js";`:            `const {default:It}=modules["in/x.js"];`,
	} {
		if _, got, err := importOf("in/m.js", line); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", line, got, err, want)
		}
	}
	for line, want := range map[string][]string{
		"export async function* pieces(call) {": {"async function* pieces(call) {", "pieces"},
		"export class A extends B {":            {"class A extends B {", "A"},
		"export const a = 1;":                   {"const a = 1;", "a"},
		"export { a, b as default };":           {"", "a", "default:b"},
		"export default a;":                     {"", "default:a"},
	} {
		if rest, names, err := exportOf("m.js", line); err != nil || !slices.Equal(append([]string{rest}, names...), want) {
			t.Errorf("%s: %q %q, %v, want %q", line, rest, names, err, want)
		}
	}
}

// TestBuildRefuses: what cannot be put together is said, and never left out.
func TestBuildRefuses(t *testing.T) {
	for name, module := range map[string]string{
		"a library by its name":      `import x from "library";`,
		"for its effects":            `import "./x.js";`,
		"two lines":                  "import {\n  a } from \"./x.js\";",
		"a module that is not there": `import { a } from "./none.js";`,
		"a pattern":                  `export const { a } = b;`,
		"everything of another":      `export * from "./x.js";`,
		"a function without a name":  `export default function () {}`,
		"a variable":                 `export let a = 1;`,
		"what is no script":          `if (`,
	} {
		files := folder(map[string]string{"p.html": `<script type="module" src="/m.js"></script>`, "m.js": module, "x.js": ""})
		if d, err := Build(files, "p.html"); err == nil {
			t.Errorf("%s: %s", name, d.HTML)
		}
	}
	for _, page := range []string{`<script src="/none.js"></script>`, `<link rel="stylesheet" href="/none.css">`, `<img src="/none.svg">`} {
		if _, err := Build(folder(map[string]string{"p.html": page}), "p.html"); err == nil {
			t.Errorf("%s loads nothing", page)
		}
	}
}

// TestNoScriptEndsEarly: a text in a script that looks like its end is none.
func TestNoScriptEndsEarly(t *testing.T) {
	d, err := Build(folder(map[string]string{"p.html": `<script src="/a.js"></script>`, "a.js": `act("</ScRipt>", "<!--x");`}), "p.html")
	if err != nil || strings.Count(strings.ToLower(string(d.HTML)), "</script") != 1 || strings.Contains(string(d.HTML), "<!--") {
		t.Errorf("%s, %v", d.HTML, err)
	}
}

// TestConnectPage: the real page is whole, and small enough for a slow link.
func TestConnectPage(t *testing.T) {
	d, err := Build(assets.Connect, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.HTML); n > 320<<10 || len(d.Scripts) != 4 || len(d.Styles) != 1 {
		t.Errorf("%d bytes, %d scripts, %d style sheets", n, len(d.Scripts), len(d.Styles))
	}
	again, err := Build(assets.Connect, "index.html")
	if err != nil || string(again.HTML) != string(d.HTML) {
		t.Error("the second time it is another page")
	}
}

// BenchmarkBuild is what the first phone waits for.
func BenchmarkBuild(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Build(assets.Connect, "index.html"); err != nil {
			b.Fatal(err)
		}
	}
}
