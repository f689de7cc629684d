package e2e

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// axe is the program that looks for what shuts people out: the rules of WCAG 2.2 AA, and some that are merely good
// (https://github.com/dequelabs/axe-core). It leaves what only a person can judge; TestBarriers computes some of that.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		missing(t, "axe-core")
	}
	return string(text)
}

// runAxe returns what axe finds, and what it cannot tell, unless that is because something lies over it or it is not
// drawn: the conversation is longer than the screen.
const runAxe = `axe.run(document, {
	runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
	resultTypes: ["violations", "incomplete"],
}).then(({ violations, incomplete }) => {
	const covered = (node) => node.any.length === 0 || /overlap|obscur|outside/i.test(JSON.stringify(node.any));
	const told = incomplete.map((rule) => ({ ...rule, nodes: rule.nodes.filter((node) => !covered(node)) })).filter((rule) => rule.nodes.length > 0);
	return JSON.stringify([...violations, ...told].map(({ id, help, nodes }) => id + ": " + help + ": " + nodes.map((n) => n.html.slice(0, 160) + " " + JSON.stringify(n.any)).join(" | ")));
})`

// assertAccessible has axe look at the page as it is, in both themes. It finds nothing, and nothing that it cannot tell.
func (p *page) assertAccessible(name string) {
	p.t.Helper()
	if !evaluate[bool](p, `typeof axe === "object"`) {
		evaluate[bool](p, axe(p.t)+";true")
	}
	for _, theme := range []string{"light", "dark"} {
		p.setMedia("prefers-color-scheme", theme)
		p.awaitStill()
		var found []string
		if err := json.Unmarshal([]byte(evaluate[string](p, runAxe)), &found); err != nil {
			p.t.Fatal(err)
		}
		for _, f := range found {
			p.t.Errorf("%s, %s: %s", name, theme, f)
		}
	}
	if n := evaluate[int](p, `[...document.querySelectorAll("h1")].filter((h) => h.getClientRects().length > 0 && !h.closest(".text")).length`); n != 1 {
		p.t.Errorf("%s has %d titles of the page", name, n)
	}
}

// setMedia changes what the person has told the system.
func (p *page) setMedia(name, value string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}})
		return err
	}))
}

// TestAccessible has axe look at every state of the page: with 0 findings in more than 30 of them, in both themes.
func TestAccessible(t *testing.T) {
	t.Parallel()
	server := serveFake(t, exhibit, "exhibit", "blind")
	server.inputs = map[string][]string{"exhibit": {"text", "image"}, "blind": {"text"}}
	b := startBeam(t, "--server", server.URL)
	s := startStand(t, b)
	p := openPhoneLike(t, thisMachine, iPhone)
	p.open(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	key := evaluate[string](p, `localStorage.getItem("modelbeam")`)
	states := 0
	look := func(name string) {
		t.Helper()
		states++
		p.assertAccessible(name)
		p.assertNothingSmall(name)
	}
	lookAround(t, p, s, look)
	for _, screen := range screens {
		s.play(screen.answers)
		p.open(s.URL + "/icon.svg") // where no page stores what it knows
		call[bool](p, `((key) => { localStorage.clear(); if (key) localStorage.setItem("modelbeam", key); return true; })`, map[bool]string{true: key}[screen.paired])
		p.open(s.URL + map[bool]string{true: "/#c=7KQ2M9XF", false: "/"}[screen.code])
		p.awaitStatus(screen.name)
		look(screen.name)
	}
	if states < 30 {
		t.Errorf("only %d states were looked at", states)
	}
}

// lookAround shows what there is in the room.
func lookAround(t *testing.T, p *page, s *stand, look func(name string)) {
	t.Helper()
	shown := func(selector string) {
		t.Helper()
		await.True(t, selector+" is on the page", func() bool {
			return call[bool](p, `((s) => document.querySelector(s)?.checkVisibility() === true)`, selector)
		})
	}
	look("welcome")
	p.do(chromedp.SendKeys(chromedp.ID("question"), "How do I"))
	look("typed")
	p.ask(" make tea?", "exhibit")
	shown("#home-hint")
	look("answered")
	p.tapOn("home-show")
	shown("#home-body .way")
	look("home screen")
	p.tapOn("close-home")
	p.ask("answering", "exhibit")
	shown("#log .answer:last-child .text p")
	look("answering")
	p.tapSend()
	p.awaitAnswerEnd()
	p.ask("thinking", "exhibit")
	shown("#log details.thoughts")
	look("thinking")
	p.tapSend()
	p.awaitAnswerEnd()
	p.ask("breaking", "exhibit")
	shown("#log .problem")
	look("broken")
	p.do(chromedp.SetUploadFiles(chromedp.ID("photo-file"), []string{cameraPhoto(t)}))
	shown("#photos img")
	look("photo")
	p.choose("blind")
	shown("#photo-note .small")
	look("blind")
	p.tapOn("open-chats")
	shown("#chats-list .chat")
	look("chats")
	p.press("clear-chats")
	shown("#sure")
	look("delete all")
	p.tapOn("close-chats")
	p.tapOn("open-apps")
	shown("#apps .test .button")
	look("apps")
	evaluate[bool](p, `[...document.querySelectorAll("#apps details")].map((d) => { d.open = true; return true; }).every(Boolean)`)
	look("one app")
	p.tapFirst("#apps .test .button")
	await.True(t, "the test is over", func() bool {
		return evaluate[bool](p, `document.querySelector(".test [role=status]").innerText !== ""`)
	})
	look("tested")
	p.tapOn("close-apps")
	p.ask("How do I make tea?", "exhibit")
	shown("#log .answer:last-child .actions")
	s.play(everywhere(refuse(503, "paused", 0)))
	p.look()
	shown("#trouble")
	look("paused while chatting")
	s.play(nil)
	p.look()
	await.True(t, "the page takes it back", func() bool { return evaluate[bool](p, `document.getElementById("trouble").hidden`) })
}

// press presses a button wherever on the page it is.
func (p *page) press(id string) {
	p.t.Helper()
	call[bool](p, `((id) => { document.getElementById(id).click(); return true; })`, id)
}

// assertNothingSmall: whatever is pressed is large enough for a finger, links within a sentence aside (WCAG 2.2,
// 2.5.8: 24 by 24 pixels).
func (p *page) assertNothingSmall(name string) {
	p.t.Helper()
	small := evaluate[[]string](p, `[...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
		.filter((e) => e.checkVisibility() && !e.closest(".text p, .text li, .unseen") && e.matches(":not(.unseen)"))
		.map((e) => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width < 24 || r.height < 24)
		.map(([e, r]) => e.outerHTML.slice(0, 80) + " " + Math.round(r.width) + "x" + Math.round(r.height))`)
	for _, s := range small {
		p.t.Errorf("%s: too small to press: %s", name, s)
	}
}
