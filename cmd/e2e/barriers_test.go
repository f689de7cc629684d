package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"
	"github.com/chromedp/chromedp/kb"

	"modelbeam/cmd/e2e/await"
)

// contrastOf is the contrast of two colours that the page has, as WCAG computes it.
const contrastOf = `
window.contrastOf = (() => {
	const parts = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const over = (top, bottom, opacity) => top.slice(0, 3).map((c, i) => c * opacity + bottom[i] * (1 - opacity));
	return (front, back, opacity = 1) => {
		const [f, b] = [parts(front), parts(back)];
		const [x, y] = [luminance(over(f, b, (f[3] ?? 1) * opacity)), luminance(b)].sort((p, q) => q - p);
		return (x + 0.05) / (y + 0.05);
	};
})();
true`

// TestContrast computes what axe leaves out: what stands in an empty field (WCAG 1.4.3: 4.5 to 1), and the edges of
// what is filled in, and the ring around what has the focus (1.4.11: 3 to 1).
func TestContrast(t *testing.T) {
	t.Parallel()
	b := startBeam(t, "--demo", "on")
	p := openPhone(t, thisMachine)
	p.open(b.url)
	p.awaitText("Connect to your laptop")
	look := func(name, theme, fields, edged string) {
		t.Helper()
		evaluate[bool](p, contrastOf)
		placeholder := evaluate[float64](p, `((e) => { const s = getComputedStyle(e, "::placeholder"); return contrastOf(s.color, getComputedStyle(e.closest(".composer") ?? e).backgroundColor, Number(s.opacity)); })(document.querySelector("`+fields+`"))`)
		edge := evaluate[float64](p, `((e) => contrastOf(getComputedStyle(e).borderTopColor, getComputedStyle(document.body).backgroundColor))(document.querySelector("`+edged+`"))`)
		ring := evaluate[float64](p, `contrastOf(getComputedStyle(document.querySelector(".live"), "::before").backgroundColor, getComputedStyle(document.body).backgroundColor)`)
		if placeholder < 4.5 || edge < 3 || ring < 3 {
			t.Errorf("%s, %s: what stands in the field has %.2f, its edge %.2f, a ring %.2f", name, theme, placeholder, edge, ring)
		}
	}
	for _, theme := range []string{"light", "dark"} {
		p.setMedia("prefers-color-scheme", theme)
		p.awaitStill()
		look("the code", theme, "#code", "#code")
	}
	p.open(b.ready.PairURL)
	p.awaitRoom()
	for _, theme := range []string{"light", "dark"} {
		p.setMedia("prefers-color-scheme", theme)
		p.awaitStill()
		look("the question", theme, "#question", "#composer")
	}
}

// TestByKeyboard goes through the page with the keyboard alone: what has the focus is seen, everything can be
// reached, and when what had the focus is gone it is where a person would go on.
func TestByKeyboard(t *testing.T) {
	t.Parallel()
	b := startBeam(t, "--server", serveFake(t, exhibit, "exhibit").URL)
	p := openBrowser(t, thisMachine)
	p.open(b.url)
	p.awaitText("Connect to your laptop")
	p.do(chromedp.SendKeys(chromedp.ID("code"), b.ready.Code+kb.Enter))
	p.awaitFocus("welcome-title", "the code was right")
	p.do(chromedp.SendKeys(chromedp.ID("question"), "How do I make tea?"), chromedp.Click(chromedp.ID("send")))
	await.True(t, "the answer is whole", func() bool { return evaluate[bool](p, `document.querySelector("#log .actions") !== null`) })
	reached := p.tabThrough()
	for _, id := range []string{"open-chats", "new-chat", "open-apps", "copy", "again", "photo"} {
		if !reached[id] {
			t.Errorf("%s cannot be reached: %v", id, reached)
		}
	}
	for _, tt := range []struct{ button, sheet, inside string }{{"open-chats", "chats", "chats-title"}, {"open-apps", "apps", "apps-title"}} {
		p.focus(tt.button)
		p.do(chromedp.KeyEvent(kb.Enter))
		p.awaitFocus(tt.inside, "the sheet has opened")
		p.do(chromedp.KeyEvent(kb.Escape))
		p.awaitFocus(tt.button, "the sheet was closed")
	}
	p.focus("open-chats")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.awaitFocus("chats-title", "the sheet has opened")
	evaluate[bool](p, `(document.querySelector("#chats-list .icon-button").focus(), true)`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.awaitFocus("small", "a chat was deleted") // Undo
	p.do(chromedp.KeyEvent(kb.Enter))
	p.awaitFocus("chats-title", "it is back")
	p.focus("clear-chats")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.awaitFocus("keep-chats", "it asks before all are deleted")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.awaitFocus("clear-chats", "they are kept")
}

// focused is the ID of what has the focus, or its class.
const focused = `((e) => e.id || e.className || e.localName)(document.activeElement)`

// awaitFocus waits until something has the focus, after what.
func (p *page) awaitFocus(want, what string) {
	p.t.Helper()
	await.Get(p.t, "the focus is right: "+what, func() string { return evaluate[string](p, focused) }, func(got string) bool { return got == want })
}

func (p *page) focus(id string) {
	p.t.Helper()
	call[bool](p, `((id) => { document.getElementById(id).focus(); return true; })`, id)
}

// tabThrough goes once around with the Tab key and sees to it that each place is seen. It returns where it was.
func (p *page) tabThrough() map[string]bool {
	p.t.Helper()
	reached := map[string]bool{}
	for range 40 { // there are about fifteen places
		p.do(chromedp.KeyEvent(kb.Tab))
		at := evaluate[string](p, focused)
		if at == "body" || at == "html" {
			continue // where the browser itself has the focus
		}
		if reached[at] = true; !evaluate[bool](p, `((e) => [e, e.closest(".composer") ?? e].some((x) => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || /0px 0px 0px 1px/.test(s.boxShadow); }))(document.activeElement)`) {
			p.t.Errorf("nobody sees that %s has the focus", at)
		}
	}
	return reached
}

// overlapping are pairs of what is pressed or read in the bar and the field that lie over one another.
const overlapping = `(() => {
	const all = [...document.querySelectorAll(".bar button, .bar h1, .bar .live, .tools button, .tools .model, #question")].filter((e) => e.checkVisibility());
	const over = (a, b) => a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1;
	return all.flatMap((a, i) => all.slice(i + 1).filter((b) => !a.contains(b) && !b.contains(a) && over(a.getBoundingClientRect(), b.getBoundingClientRect())).map((b) => (a.id || a.className) + "/" + (b.id || b.className)));
})()`

// TestWishesOfTheSystem: less motion, colours of the person's own, more contrast, and a guest with the smallest phone and
// everything twice as large.
func TestWishesOfTheSystem(t *testing.T) {
	t.Parallel()
	b := startBeam(t, "--server", serveFake(t, exhibit, "exhibit").URL)
	s := startStand(t, b)
	s.play(map[string]http.HandlerFunc{"/device": say(`{"device":{"id":"x","name":"x"},"guest":{"until":"2099-01-01T22:00:00Z","requests":20,"left":7}}`)})
	small := device.Info{Name: "small", Width: 320, Height: 568, Scale: 2, Mobile: true, Touch: true, UserAgent: iPhone.UserAgent}
	p := openPhoneLike(t, thisMachine, small)
	p.open(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	p.assertAccessible("a new guest on a small phone")
	p.assertLaidOut("a new guest on a small phone")
	p.ask("How do I make tea?", "exhibit")
	await.True(t, "the answer is whole", func() bool { return evaluate[bool](p, `document.querySelector("#log .actions") !== null`) })
	p.assertAccessible("a guest on a small phone")
	p.assertLaidOut("a guest on a small phone")

	p.setMedia("prefers-contrast", "more")
	keepAs(t, "page-more-contrast", p.screenshot())
	p.setMedia("forced-colors", "active")
	keepAs(t, "page-forced-colors", p.screenshot())
	bare := evaluate[[]string](p, `[...document.querySelectorAll(".send, .composer, .question, .pill, .small")].filter((e) => e.checkVisibility() && getComputedStyle(e).borderTopStyle === "none").map((e) => e.className)`)
	if len(bare) > 0 {
		t.Errorf("in the person's own colours these have no edge: %v", bare)
	}
	p.setMedia("prefers-reduced-motion", "reduce")
	p.tapOn("open-chats")
	if moving := evaluate[int](p, `document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime > 1).length`); moving > 0 {
		t.Errorf("%d things move on a phone that is to move nothing", moving)
	}
	p.tapOn("close-chats")

	small.Width, small.Height, small.Scale = 160, 284, 4 // what is left of it at 200 %
	p.do(chromedp.Emulate(small))
	p.awaitStill()
	keepAs(t, "page-twice-the-size", p.screenshot())
	p.assertLaidOut("twice the size")
	if over := evaluate[[]string](p, overlapping); len(over) > 0 {
		t.Errorf("twice the size these lie over one another: %v", over)
	}
	p.assertAccessible("twice the size")
}
