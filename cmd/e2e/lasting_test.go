package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// What the page keeps on the phone, and what it makes of it.

// openTab opens another tab of the same browser.
func (p *page) openTab(t *testing.T) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return &page{t, ctx}
}

// prepare runs a script on every page that is opened from now on, before the page's own.
func (p *page) prepare(script string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// look makes the page see how things stand, as it does when a person comes back to it.
func (p *page) look() {
	p.t.Helper()
	evaluate[bool](p, `document.dispatchEvent(new Event("visibilitychange"))`)
}

func (p *page) key() string {
	p.t.Helper()
	return evaluate[string](p, `JSON.parse(localStorage.getItem("modelbeam"))?.key ?? ""`)
}

// TestTabsShareTheConnection has two tabs of one browser: what one loses or gets, the other one has
// lost or got.
func TestTabsShareTheConnection(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	first := openPhone(t, thisMachine)
	first.open(b.ready.PairURL)
	first.awaitRoom()
	second := first.openTab(t)
	second.open(b.url)
	second.awaitRoom()

	b.devices(t, "remove", b.devices(t)[0].ID)
	second.look()
	second.awaitText("This phone was removed")
	first.awaitText("This phone was removed")

	second.open("about:blank")
	second.open(b.url + "/#c=" + b.freshCode(t))
	second.awaitRoom()
	first.awaitRoom()
	if got, want := first.key(), second.key(); got != want || got == "" {
		t.Errorf("the tabs have the keys %q and %q", got, want)
	}
}

// TestPausedPhoneComesBack pauses the phone while its page shows a conversation, and lets it go on:
// nobody has to touch the page.
func TestPausedPhoneComesBack(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	p := openPhone(t, thisMachine)
	p.open(b.ready.PairURL)
	p.awaitRoom()
	id := b.devices(t)[0].ID
	b.devices(t, "pause", id)
	p.look()
	p.awaitText("This phone is paused")
	b.devices(t, "resume", id)
	p.awaitRoom()

	p.ask("Hello", p.models()[0])
	p.awaitAnswerEnd()
	b.devices(t, "pause", id)
	p.look()
	await.True(t, "the page says it above the field", func() bool {
		return evaluate[bool](p, `document.getElementById("trouble").innerText.includes("This phone is paused")`)
	})
	b.devices(t, "resume", id)
	await.True(t, "the page takes it back", func() bool { return evaluate[bool](p, `document.getElementById("trouble").hidden`) })
	p.awaitText("Hello")
}

// TestStorageGarbage opens the page with all kinds of things in its storage: it starts, and pairs.
func TestStorageGarbage(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	p := openPhone(t, thisMachine)
	for _, junk := range []string{
		"", "{", "null", "[]", "7", `{"key":7,"id":{},"models":"x"}`, `{"key":"mb_short"}`,
		`{"key":"mb_0123456789abcdef_-ABCD","id":"x","name":"\u0000","local":"http://evil.example"}`,
	} {
		p.open(b.url + "/icon.svg") // of the page's origin, and without its scripts
		call[bool](p, `((junk) => { localStorage.setItem("modelbeam", junk); return true; })`, junk)
		p.open(b.url)
		await.True(t, "the page asks for a code", func() bool {
			return evaluate[bool](p, `document.getElementById("code-form")?.checkVisibility() && document.getElementById("status-title").innerText !== "Connecting…"`)
		})
		p.do(chromedp.SendKeys(chromedp.ID("code"), b.freshCode(t)), chromedp.Tap(chromedp.ID("code-submit"), chromedp.NodeEnabled))
		p.awaitRoom()
	}
}

// TestNoStorage has a browser that keeps nothing: the connection and the chats last as long as the
// page.
func TestNoStorage(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	p := openPhone(t, thisMachine)
	p.prepare(`{
		const refuse = () => { throw new DOMException("refused", "SecurityError"); };
		for (const name of ["localStorage", "indexedDB", "sessionStorage", "caches"]) Object.defineProperty(window, name, { get: refuse });
		window.BroadcastChannel = class { constructor() { refuse(); } }; // as Firefox does
	}`)
	p.open(b.ready.PairURL)
	p.awaitRoom()
	p.ask("Hello", p.models()[0])
	p.awaitAnswerEnd()
	p.look()
	p.tapOn("new-chat")
	p.tapOn("earlier")
	p.awaitChats(t, "Hello")
	p.tapFirst("#chats-list .chat button")
	p.awaitText("It works")
}

// TestChatsAreKept has a person look for an earlier chat, delete one, want it back, and delete all.
func TestChatsAreKept(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	p := openPhone(t, thisMachine)
	p.open(b.ready.PairURL)
	p.awaitRoom()
	for i, question := range []string{"One", "Two", "Three"} {
		if i > 0 {
			p.tapOn("new-chat")
		}
		p.ask(question, p.models()[0])
		p.awaitAnswerEnd()
	}
	p.do(chromedp.Reload())
	p.awaitRoom()
	p.awaitText("Three") // the last chat goes on
	p.tapOn("open-chats")
	p.awaitChats(t, "Three", "Two", "One")
	p.tapFirst("#chats-list .chat:nth-child(2) .icon-button")
	p.awaitChats(t, "Three", "One")
	p.tapFirst("#chats-list .small") // Undo
	p.awaitChats(t, "Three", "Two", "One")
	p.tapOn("clear-chats")
	p.tapOn("delete-chats")
	p.awaitChats(t)
	p.do(chromedp.Reload())
	p.awaitRoom()
	if evaluate[bool](p, `document.getElementById("earlier").checkVisibility() || document.getElementById("log").children.length > 0`) {
		t.Errorf("after everything was deleted the page says %q", p.text())
	}
}

func (p *page) tapOn(id string) {
	p.t.Helper()
	p.tapFirst("#" + id)
}

// tapFirst taps the first element that matches, once nothing moves.
func (p *page) tapFirst(selector string) {
	p.t.Helper()
	await.True(p.t, selector+" is there and stands still", func() bool {
		return call[bool](p, `((s) => document.querySelector(s)?.checkVisibility() === true && document.getAnimations().every((a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity))`, selector)
	})
	p.do(chromedp.Tap(chromedp.CSS(selector), chromedp.NodeVisible))
}

// awaitChats waits until the sheet lists the chats of these titles.
func (p *page) awaitChats(t *testing.T, want ...string) {
	t.Helper()
	await.True(t, "the chats are listed", func() bool {
		got := evaluate[[]string](p, `document.getElementById("chats").open ? [...document.querySelectorAll("#chats-list .chat-title")].map((e) => e.textContent) : ["closed"]`)
		return slices.Equal(got, want)
	})
}
