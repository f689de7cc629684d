package e2e

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// TestHomeScreen: after the first answer a person is told once how to put the page on the home screen. The icon
// keeps the address of that moment and nothing else: opened in a browser that has seen nothing, it is still the
// same device, and a second time it is refused in words that help.
func TestHomeScreen(t *testing.T) {
	t.Parallel()
	b := startBeam(t, "--server", serveFake(t, exhibit, "exhibit").URL)
	p := openPhoneLike(t, thisMachine, iPhone)
	p.open(b.ready.PairURL)
	p.awaitRoom()
	if evaluate[bool](p, `!document.getElementById("home-hint").hidden`) {
		t.Error("the hint is there before an answer")
	}
	p.ask("How do I make tea?", "exhibit")
	p.awaitAnswerEnd()
	await.True(t, "the hint is there", func() bool { return evaluate[bool](p, `!document.getElementById("home-hint").hidden`) })
	keepAs(t, "page-home-hint", p.screenshot())
	p.assertLaidOut("the hint")
	p.tapOn("home-show")
	p.awaitText("Choose “Add to Home Screen”.")
	p.awaitStill()
	keepAs(t, "page-home-steps", p.screenshot())
	p.assertLaidOut("the steps")
	icon := evaluate[string](p, `location.href`)
	if !strings.HasPrefix(icon, b.url+"/#h=") || evaluate[bool](p, `document.querySelector("link[rel=manifest]") !== null`) {
		t.Fatalf("the icon would open %s, or what a manifest says", icon)
	}
	p.tapOn("close-home")
	await.True(t, "the address says nothing more", func() bool { return evaluate[string](p, `location.href`) == b.url+"/" })
	before := b.devices(t)

	first := openPhoneLike(t, thisMachine, iPhone)
	first.open(icon)
	first.awaitRoom()
	if address := evaluate[string](first, `location.href`); strings.Contains(address, "#") {
		t.Errorf("the icon's address is %s", address)
	}
	first.ask("How do I make tea?", "exhibit")
	first.awaitAnswerEnd()
	first.do(chromedp.Navigate("about:blank"), chromedp.Navigate(icon)) // as each time that it is tapped
	first.awaitRoom()
	if after := b.devices(t); len(after) != 1 || after[0].ID != before[0].ID || after[0].Name != before[0].Name {
		t.Errorf("the icon made %+v of %+v", after, before)
	}
	if e := awaitChat(t, b.process, 2); e.Device != before[0].ID {
		t.Errorf("the icon chats as %+v", e)
	}

	second := openPhoneLike(t, thisMachine, iPhone)
	second.open(icon)
	second.awaitText("Connect this icon again")
	second.awaitText("Type the code that Modelbeam shows on the laptop.")
	keepAs(t, "page-icon-used", second.screenshot())
	if key := evaluate[bool](second, `JSON.parse(localStorage.getItem("modelbeam") ?? "{}").key === undefined`); !key {
		t.Error("it has got a key")
	}

	b.devices(t, "remove", before[0].ID)
	p.do(chromedp.Reload())
	p.awaitText("This phone was removed")
	first.look()
	first.awaitText("This phone was removed")
}

// TestHomeScreenIsSaidOnce: not after it was seen, and not to a guest. Where the icon has the browser's storage it
// takes nothing along.
func TestHomeScreenIsSaidOnce(t *testing.T) {
	t.Parallel()
	b := startBeam(t, "--server", serveFake(t, exhibit, "exhibit").URL)
	s := startStand(t, b)
	p := openPhone(t, thisMachine)
	p.open(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	hinted := func() bool { return evaluate[bool](p, `!document.getElementById("home-hint").hidden`) }
	answers := 0
	answer := func() {
		t.Helper()
		p.ask("How do I make tea?", "exhibit")
		answers++
		await.True(t, "the answer is whole", func() bool { return evaluate[int](p, `document.querySelectorAll("#log .actions").length`) == answers })
	}
	answer()
	await.True(t, "the hint is there", hinted)
	p.tapOn("home-show")
	p.awaitText("Tap ⋮ in the corner of the browser.")
	if address := evaluate[string](p, `location.href`); address != s.URL+"/" {
		t.Errorf("the icon takes along %s", address)
	}
	p.tapOn("close-home")
	await.True(t, "the hint is gone", func() bool { return !hinted() })
	p.do(chromedp.Reload())
	p.awaitRoom()
	if answer(); hinted() {
		t.Error("it is said again")
	}
	p.tapOn("open-chats")
	p.tapOn("home-open") // for who wants it later
	p.awaitText("Tap ⋮ in the corner of the browser.")
	p.tapOn("close-home")
	var asked atomic.Int32
	guest := say(`{"device":{"id":"x","name":"x"},"guest":{"requests":20,"left":7}}`)
	s.play(map[string]http.HandlerFunc{"/device": func(w http.ResponseWriter, r *http.Request) { guest(w, r); asked.Add(1) }})
	evaluate[bool](p, `(localStorage.removeItem("modelbeam-home"), true)`)
	p.do(chromedp.Reload())
	p.awaitRoom()
	before := asked.Load()
	answer()
	await.True(t, "a guest's phone has asked what is left", func() bool { return asked.Load() > before })
	if hinted() || evaluate[bool](p, `!document.getElementById("home-open").hidden`) {
		t.Error("a guest is told")
	}
	s.play(nil) // nothing of a guest's is asked any more, which would get another answer now
	p.do(chromedp.Reload())
	p.awaitRoom()
	answer()
	await.True(t, "the hint is there for who is no guest", hinted)
}
