package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"modelbeam/assets"
)

// served is the answer to a request for one of the real files of the page.
func served(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	for _, f := range Files(nowhere) {
		if f.Path == path {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
			r.Header.Set("Accept", "text/html")
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			f.Serve(w, r)
			return w
		}
	}
	t.Fatalf("nothing is served at %s", path)
	return nil
}

// TestPolicyKnowsWhatRuns: the pages load no script and no style sheet, and the hash of each that is within
// them stands in the policy, and no other one does.
func TestPolicyKnowsWhatRuns(t *testing.T) {
	for _, path := range []string{"/", "/" + framedFile} {
		w := served(t, path)
		document, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		policy, within := w.Header().Get("Content-Security-Policy"), 0
		for n := range document.Descendants() {
			for _, a := range n.Attr {
				if n.Data == "script" && a.Key == "src" || n.Data == "link" && a.Key == "rel" && a.Val == "stylesheet" || strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s has <%s %s=%q>", path, n.Data, a.Key, a.Val)
				}
			}
			if isData := len(n.Attr) > 0 && n.Attr[0].Val == "application/json"; n.FirstChild == nil || n.Data != "style" && (n.Data != "script" || isData) {
				continue
			}
			within++
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			if hash := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(policy, "'sha256-"+hash+"'") {
				t.Errorf("%s: %.60q is not in the policy %s", path, n.FirstChild.Data, policy)
			}
		}
		if hashes := strings.Count(policy, "sha256-"); hashes != within || hashes == 0 || strings.Contains(policy, "unsafe") || regexp.MustCompile(`(script|style)-src[^;]*self`).MatchString(policy) {
			t.Errorf("%s has %d scripts and styles and the policy %s", path, within, policy)
		}
	}
}

// TestDocumentIsTheSameEachTime: two laptops with the same version serve the same bytes.
func TestDocumentIsTheSameEachTime(t *testing.T) {
	one, two := served(t, "/"), served(t, "/")
	if !bytes.Equal(one.Body.Bytes(), two.Body.Bytes()) || one.Header().Get("ETag") != two.Header().Get("ETag") {
		t.Error("it differs")
	}
	if got := served(t, "/", "If-None-Match", one.Header().Get("ETag")); got.Code != 304 || got.Body.Len() > 0 {
		t.Errorf("a browser that has it gets %d and %d bytes", got.Code, got.Body.Len())
	}
}

// TestDocumentComesInOneLanguage: the one that the browser wants first, with all its words.
func TestDocumentComesInOneLanguage(t *testing.T) {
	names, err := fs.Glob(assets.Translations, "translations/page/*.json")
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	tags := map[string]bool{}
	for _, name := range names {
		language := strings.TrimSuffix(strings.TrimPrefix(name, "translations/page/"), ".json")
		w := served(t, "/", "Accept-Language", language+",en;q=0.5")
		if tag := w.Header().Get("ETag"); tags[tag] {
			t.Errorf("%s has the tag of another language", language)
		} else {
			tags[tag] = true
		}
		element := regexp.MustCompile(`<script type="application/json" id="words" data-language="` + language + `">([^<]*)</script>`).FindSubmatch(w.Body.Bytes())
		if element == nil {
			t.Errorf("no words in %s", language)
			continue
		}
		var got, want map[string]any
		text, _ := fs.ReadFile(assets.Translations, name)
		if json.Unmarshal(element[1], &got) != nil || json.Unmarshal(text, &want) != nil || len(got) != len(want) {
			t.Errorf("%d words in %s, want %d", len(got), language, len(want))
		}
	}
}

// TestWordsCannotEndTheirElement: a word is not markup.
func TestWordsCannotEndTheirElement(t *testing.T) {
	d := newDocument(fstest.MapFS{"index.html": {Data: []byte(noWords)}}, "index.html", fstest.MapFS{"en.json": {Data: []byte(`{"a":"</script><script>alert(1)</script>"}`)}}, nowhere)
	if words := string(d.wordsIn("en")); strings.Count(words, "<") != 2 {
		t.Error(words)
	}
}

func TestChoose(t *testing.T) {
	languages := []string{"ar", "en", "pt-BR", "zh-Hans", "zh-Hant"}
	for _, tt := range []struct{ header, want string }{
		{"", "en"},
		{"fr", "en"},
		{"zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"},
		{"zh", "zh-Hans"},
		{"zh-SG", "zh-Hans"},
		{"zh-TW,en", "zh-Hant"},
		{"zh-HK", "zh-Hant"},
		{"zh-Hant-CN", "zh-Hant"},
		{"zh-Hans-TW", "zh-Hans"},
		{"zh-MO;q=1", "zh-Hant"},
		{"fr, ar-EG;q=0.9, en", "ar"},
		{"EN-gb", "en"},
		{"pt-PT,en", "pt-BR"},
		{"pt-br", "pt-BR"},
		{"yue,en", "zh-Hant"},
		{"*", "en"},
		{"constructor,;;,-", "en"},
	} {
		if got := choose(tt.header, languages); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.header, got, tt.want)
		}
	}
	if got := choose("zh-TW", []string{"en", "zh"}); got != "zh" {
		t.Errorf("with one Chinese it is %q", got)
	}
}
