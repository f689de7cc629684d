package e2e

import (
	"io"
	"net/http"
	"strings"
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
		answers     map[string]http.HandlerFunc
	}{
		{"of 2021", `delete Array.prototype.at`, nil},
		{"without dialogs", `delete HTMLDialogElement.prototype.showModal`, nil},
		{"without promises", `delete window.Promise`, nil},
		{"that cannot read it", ``, map[string]http.HandlerFunc{"/connect.js": script("await ??= 1;")}},
		{"that cannot read a part of it", ``, map[string]http.HandlerFunc{"/gateway/carry.js": script("export function carry() { 1 ?? || 2 }")}},
		{"that cannot run it", ``, map[string]http.HandlerFunc{"/words/text.js": script("export const language = nothing.of.the.kind;")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := startBeam(t, "--demo", "on")
			s := startStand(t, b)
			s.play(tt.answers)
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

// script answers with a script.
func script(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, text)
	}
}
