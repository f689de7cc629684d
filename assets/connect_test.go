package assets

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"modelbeam/tunnel/clients"
)

// The page's logic that needs no browser is tested by Node, beside the sources and not in them:
// everything in connect is embedded.
func TestConnectScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("no node on this machine")
	}
	if err != nil {
		t.Fatal(err)
	}
	tests, err := filepath.Glob("testdata/connect/*.test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("tests %v, error %v", tests, err)
	}
	browser, err := filepath.Abs("testdata/connect/browser.mjs")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{"--test"}, tests...)...)
	cmd.Env = append(os.Environ(), "NODE_OPTIONS=--import=file://"+filepath.ToSlash(browser)) // which each test file inherits
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// markupKeys finds the texts of elements with data-t and the values of data-t-<attribute>.
func markupKeys(t *testing.T) []string {
	var keys []string
	for n := range page(t).Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "data-t" && (n.FirstChild == nil || n.FirstChild != n.LastChild):
				t.Errorf("<%s data-t> must hold one text and nothing else", n.Data)
			case a.Key == "data-t":
				keys = append(keys, n.FirstChild.Data)
			case strings.HasPrefix(a.Key, "data-t-"):
				keys = append(keys, a.Val)
			}
		}
	}
	return keys
}

var (
	callPattern    = regexp.MustCompile(`\bt\((.)`)
	literalPattern = regexp.MustCompile(`\bt\(("(?:[^"\\]|\\.)*")`)
)

// scriptKeys finds the calls of t, whose texts must be literals so that they can be found.
func scriptKeys(t *testing.T) []string {
	var keys []string
	for name, source := range sources(t, ".js") {
		literals := literalPattern.FindAllStringSubmatch(source, -1)
		if name != "words/text.js" && len(literals) != len(callPattern.FindAllString(source, -1)) {
			t.Errorf("%s calls t with something that is not a literal", name)
		}
		for _, l := range literals {
			key, err := strconv.Unquote(l[1])
			if err != nil {
				t.Errorf("%s: %s: %v", name, l[1], err)
			}
			keys = append(keys, key)
		}
	}
	return keys
}

// offerKeys finds the sentences that the gateway sends: how each app is connected.
func offerKeys() []string {
	var keys []string
	for _, offer := range clients.For(clients.Connection{}) {
		if offer.Note != "" {
			keys = append(keys, offer.Note)
		}
		if offer.ID == clients.Other {
			keys = append(keys, offer.Name) // all others are called the same in every language
		}
		for _, way := range offer.Ways {
			keys = append(keys, way.Steps)
			for _, field := range way.Fields {
				keys = append(keys, field.Label)
			}
		}
	}
	return keys
}

// The gateway serves the page under a Content-Security-Policy without any exception, and the
// page must not even try to break it. Nor may it depend on anything but the gateway.
func TestConnectKeepsItsPolicy(t *testing.T) {
	for n := range page(t).Descendants() {
		if n.Data == "style" || n.Data == "base" || n.Data == "iframe" {
			t.Errorf("<%s> in the page", n.Data)
		}
		if isData := slices.Contains(n.Attr, html.Attribute{Key: "type", Val: "application/json"}); n.Data == "script" && n.FirstChild != nil && !isData {
			t.Error("inline script in the page")
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s>: not allowed by the policy", n.Data, a.Key)
			}
			if (a.Key == "src" || a.Key == "href") && !strings.HasPrefix(a.Val, "#") {
				checkFile(t, a.Val)
			}
		}
	}
	for name, source := range sources(t, ".js") {
		if found := forbiddenPattern.FindString(source); found != "" {
			t.Errorf("%s uses %s", name, found)
		}
	}
	for _, imports := range moduleImports(t) {
		for _, name := range imports {
			checkFile(t, "/"+name)
		}
	}
	for name, source := range sources(t, ".css") {
		if strings.Contains(source, "url(") || strings.Contains(source, "@import") {
			t.Errorf("%s loads something", name)
		}
	}
}

// Other origins, and every way to make markup or code out of a text.
var forbiddenPattern = regexp.MustCompile(`["'\x60](https?:|wss?:)?//|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|Function\(|import\(|setAttribute\("style`)

func checkFile(t *testing.T, url string) {
	t.Helper()
	if info, err := fs.Stat(Connect, strings.TrimPrefix(url, "/")); err != nil || info.IsDir() || !strings.HasPrefix(url, "/") {
		t.Errorf("%s is not a file of the page", url)
	}
}

func page(t *testing.T) *html.Node {
	t.Helper()
	f, err := Connect.Open("index.html")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := html.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var commentPattern = regexp.MustCompile(`(?m)^\s*//.*$|(?s:/\*.*?\*/)`)

// sources returns the page's own files with that ending, by path, without their comments.
func sources(t *testing.T, ext string) map[string]string {
	t.Helper()
	found := files(t, ext)
	maps.DeleteFunc(found, func(name, _ string) bool { return isLibrary(name) })
	return found
}

func isLibrary(name string) bool { return strings.HasPrefix(name, "vendor/") }

// files is sources with those of the libraries.
func files(t *testing.T, ext string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(Connect, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ext {
			return err
		}
		b, err := fs.ReadFile(Connect, name)
		found[name] = commentPattern.ReplaceAllString(string(b), "")
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("files %v, error %v", slices.Collect(maps.Keys(found)), err)
	}
	return found
}
