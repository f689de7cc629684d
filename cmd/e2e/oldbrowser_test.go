package e2e

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// newerThanTheOldest takes away what has come to browsers since the oldest that the page is for, and
// a little more. What the language itself has learned is looked for in package assets.
const newerThanTheOldest = `
for (const [owner, names] of [
	[Array, ["fromAsync"]], [Array.prototype, ["findLast", "findLastIndex", "toReversed", "toSorted", "toSpliced", "with"]],
	[Object, ["hasOwn", "groupBy"]], [Map, ["groupBy"]], [Map.prototype, ["getOrInsert", "getOrInsertComputed"]],
	[Promise, ["withResolvers", "try"]], [String.prototype, ["isWellFormed", "toWellFormed"]],
	[Set.prototype, ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"]],
	[Object.getPrototypeOf(Uint8Array.prototype), ["findLast", "findLastIndex", "toReversed", "toSorted", "with"]],
	[Uint8Array, ["fromHex", "fromBase64"]], [Uint8Array.prototype, ["toHex", "toBase64", "setFromHex", "setFromBase64"]],
	[Math, ["sumPrecise", "f16round"]], [RegExp, ["escape"]], [URL, ["canParse", "parse"]], [Intl, ["Segmenter", "DurationFormat"]],
	[AbortSignal, ["any", "timeout", "abort"]], [AbortSignal.prototype, ["throwIfAborted", "reason"]],
	[Response, ["json"]], [HTMLFormElement.prototype, ["requestSubmit"]], [ReadableStream, ["from"]],
	[ReadableStream.prototype, ["values", Symbol.asyncIterator]], [URLSearchParams.prototype, ["size"]],
	[Element.prototype, ["setHTML", "setHTMLUnsafe", "getHTML"]], [HTMLElement.prototype, ["showPopover", "togglePopover"]],
	[Document.prototype, ["startViewTransition"]], [HTMLSelectElement.prototype, ["showPicker"]],
	[Navigator.prototype, ["userAgentData", "connection", "virtualKeyboard"]],
	[window, ["structuredClone", "scheduler", "requestIdleCallback", "navigation", "Iterator", "SuppressedError", "CloseWatcher"]],
]) for (const name of names) delete owner[name];
CSS.supports = ((known) => (...of) => !/field-sizing|interpolate-size/.test(of.join()) && known.call(CSS, ...of))(CSS.supports);
`

// TestOldestBrowser has a browser as old as the page still suits: it pairs, chats, shows its sheets,
// tests its connection, and comes back.
func TestOldestBrowser(t *testing.T) {
	b := startBeam(t, "--server", serveFake(t, exhibit, "exhibit").URL, "--demo", "on")
	p := openPhone(t, thisMachine)
	p.prepare(newerThanTheOldest)
	p.open(b.ready.PairURL)
	p.awaitRoom()
	if evaluate[bool](p, `"throwIfAborted" in AbortSignal.prototype || "findLastIndex" in [] || "structuredClone" in window`) {
		t.Fatal("the browser is not as old as it should be")
	}
	p.ask("How do I make tea?", "exhibit")
	p.awaitAnswerEnd()
	p.awaitText("wait three minutes")
	p.ask("answering", "exhibit")
	p.awaitText("a second one that is still being")
	p.tapSend() // which is Stop now
	p.awaitText("Stopped")
	p.sheet("open-chats", "chats", func() {})
	p.sheet("open-apps", "apps", func() {})
	p.tapOn("new-chat")
	p.choose("modelbeam-demo")
	p.testConnection()
	p.awaitText("Everything works.")
	p.do(chromedp.Tap(chromedp.ID("close-apps"), chromedp.NodeVisible), chromedp.Reload())
	p.awaitRoom()
	p.awaitText("How do I make tea?")
}

// TestTooOldBrowsers has browsers to which the page means nothing, each in its own way: a person is
// told, with the address to open elsewhere, which still has its code; and one who can read the page
// after all is not.
func TestTooOldBrowsers(t *testing.T) {
	for _, tt := range []struct {
		name, lacks string
		script      int    // which of the page's scripts is another one, and
		text        string // what it is
	}{
		{"of 2021", `delete Array.prototype.at`, 0, ""},
		{"without dialogs", `delete HTMLDialogElement.prototype.showModal`, 0, ""},
		{"without promises", `delete window.Promise`, 0, ""},
		{"that cannot read its beginning", ``, 2, "function carry() { 1 ?? || 2 }"},
		{"that cannot read it", ``, 3, "await ??= 1;"},
		{"that cannot read its end", ``, 4, "await ??= 1;"},
		{"that cannot run it", ``, 2, "const language = nothing.of.the.kind;"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := startBeam(t, "--demo", "on")
			s := startStand(t, b)
			if tt.text != "" {
				s.play(map[string]http.HandlerFunc{"/": withScript(t, b, tt.script, tt.text)})
			}
			for _, language := range []string{"en", "zh"} {
				p := openPhoneIn(t, language, map[string]string{"en": "light", "zh": "dark"}[language])
				p.prepare(tt.lacks)
				link := s.URL + "/#c=" + b.ready.Code
				p.open(link)
				p.awaitText(map[string]string{"en": "This browser is too old", "zh": "浏览器版本太旧"}[language])
				if text := p.text(); !strings.Contains(text, link) {
					t.Errorf("the page says %q without the address %s", text, link)
				}
				if text := p.text(); isChinese(text) != (language == "zh") {
					t.Errorf("in %s the page says %q", language, text)
				}
				p.assertLaidOut(tt.name)
				keepAs(t, "page-too-old-"+language, p.screenshot())
			}
		})
	}
}

// TestHalfAPage: of the page only the beginning arrives, as when the phone changes its network meanwhile. It is
// loaded again, and the code is still good.
func TestHalfAPage(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	s := startStand(t, b)
	whole := pageOf(t, b)
	var asked atomic.Int32
	s.play(map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		page := whole
		if asked.Add(1) == 1 {
			page = whole[:strings.Index(whole, `<div id="room"`)]
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}})
	p := openPhone(t, thisMachine)
	p.follow(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	if n := asked.Load(); n != 2 {
		t.Errorf("the page was loaded %d times", n)
	}
}

// pageOf is the page as a phone that speaks English gets it.
func pageOf(t *testing.T, b *beam) string {
	t.Helper()
	req := request(t, http.MethodGet, b.url+"/", "", "")
	req.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// scripts are those of the page.
var scripts = regexp.MustCompile(`(?s)<script>.*?</script>`)

// withScript answers with the page in which the nth script, counted from 1, is another one.
func withScript(t *testing.T, b *beam, n int, text string) http.HandlerFunc {
	page := pageOf(t, b)
	old := scripts.FindAllString(page, -1)[n-1]
	page = strings.Replace(page, old, "<script>"+text+"</script>", 1)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}
}
