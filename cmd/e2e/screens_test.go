package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// screen is a state of the page that says how the connection stands.
type screen struct {
	name    string
	paired  bool // the phone holds a key
	code    bool // the phone comes with a code
	answers map[string]http.HandlerFunc
}

var screens = []screen{
	{"welcome", false, false, nil},
	{"connecting", false, true, map[string]http.HandlerFunc{"/healthz": hang}},
	{"code-wrong", false, true, map[string]http.HandlerFunc{"/pair": refuse(401, "code_wrong", 0)}},
	{"code-used", false, true, map[string]http.HandlerFunc{"/pair": refuse(410, "code_used", 0)}},
	{"code-expired", false, true, map[string]http.HandlerFunc{"/pair": refuse(410, "code_expired", 0)}},
	{"too-many-tries", false, true, map[string]http.HandlerFunc{"/pair": refuse(429, "too_many_tries", 42)}},
	{"asleep", true, false, map[string]http.HandlerFunc{"/proof": vanish}},
	{"closed", true, false, everywhere(refuse(503, "stopped", 0))},
	{"paused", true, false, everywhere(refuse(503, "paused", 0))},
	{"phone-paused", true, false, everywhere(refuse(403, "device_paused", 0))},
	{"removed", true, false, everywhere(refuse(401, "removed", 0))},
	{"pass-ended", true, false, everywhere(refuse(401, "pass_ended", 0))},
	{"pass-used-up", true, false, map[string]http.HandlerFunc{
		"/device": say(`{"device":{"id":"x","name":"x"},"guest":{"requests":5,"left":0}}`),
	}},
	{"other-laptop", true, false, map[string]http.HandlerFunc{"/proof": say(`{"name":"Other","proof":"00"}`)}},
	{"sign-in", true, false, map[string]http.HandlerFunc{"/proof": logIn}},
	{"list-unreadable", true, false, map[string]http.HandlerFunc{"/proof": refuse(503, "devices_unreadable", 5)}},
	{"other-network", true, false, everywhere(refuse(403, "peer_not_allowed", 0))},
	{"old-name", true, false, everywhere(refuse(403, "host_not_allowed", 0))},
	{"broken-inside", true, false, everywhere(refuse(500, "internal_error", 0))},
	{"loading", true, false, map[string]http.HandlerFunc{"/v1/models": say(`{"object":"list","data":[],"loading":true}`)}},
	{"no-model", true, false, map[string]http.HandlerFunc{"/v1/models": say(`{"object":"list","data":[]}`)}},
}

func everywhere(answer http.HandlerFunc) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"/device": answer, "/v1/models": answer, "/apps": answer}
}

// TestScreens brings the page into each of its states, in both languages and both themes. Each has
// words of its own in that language, and at most one button to press. With SCREENS=folder it keeps
// pictures of them.
func TestScreens(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		for _, theme := range []string{"light", "dark"} {
			t.Run(language+" "+theme, func(t *testing.T) { tourScreens(t, language, theme) })
		}
	}
}

func tourScreens(t *testing.T, language, theme string) {
	server := serveFake(t, exhibit, "exhibit", "blind")
	server.inputs = map[string][]string{"exhibit": {"text", "image"}, "blind": {"text"}}
	b := startBeam(t, "--server", server.URL)
	s := startStand(t, b)
	p := openPhoneIn(t, language, theme)
	p.open(s.URL + "/#c=" + b.ready.Code)
	p.awaitRoom()
	key := evaluate[string](p, `localStorage.getItem("modelbeam")`)
	tourRoom(t, p, s, language+"-"+theme)

	said := map[string]string{}
	for _, screen := range screens {
		s.play(screen.answers)
		call[bool](p, `((key) => { localStorage.clear(); if (key) localStorage.setItem("modelbeam", key); return true; })`, map[bool]string{true: key}[screen.paired])
		p.open("about:blank")
		p.open(s.URL + map[bool]string{true: "/#c=7KQ2M9XF", false: "/"}[screen.code])
		title, advice := p.awaitStatus(screen.name)
		keepAs(t, fmt.Sprintf("page-%s-%s-%s", screen.name, language, theme), p.screenshot())
		if before, ok := said[title]; ok && screen.name != "pass-used-up" {
			t.Errorf("%s says %q as %s does", screen.name, title, before)
		}
		said[title] = screen.name
		if isChinese(title) != (language == "zh") || advice != "" && isChinese(advice) != (language == "zh") {
			t.Errorf("%s says %q and %q", screen.name, title, advice)
		}
		p.assertLaidOut(screen.name)
	}
}

// awaitStatus waits until the page tells how the connection stands, other than that it is being
// made, unless that is to be seen.
func (p *page) awaitStatus(name string) (title, advice string) {
	p.t.Helper()
	await.True(p.t, "the page shows "+name, func() bool {
		busy := evaluate[string](p, `document.getElementById("status-glyph").dataset.kind`) == "busy"
		title = evaluate[string](p, `document.getElementById("status").hidden ? "" : document.getElementById("status-title").innerText`)
		advice = evaluate[string](p, `document.getElementById("status-advice").innerText`)
		return title != "" && busy == (name == "connecting")
	})
	return title, advice
}

// assertLaidOut looks at what cannot be right on any screen.
func (p *page) assertLaidOut(name string) {
	p.t.Helper()
	if n := evaluate[int](p, `[...document.querySelectorAll("#status .button")].filter((b) => b.checkVisibility()).length`); n > 1 {
		p.t.Errorf("%s has %d buttons", name, n)
	}
	if over := evaluate[float64](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		p.t.Errorf("%s is %v pixels wider than the phone", name, over)
	}
}

func isChinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// openPhoneIn opens a phone with that language and that theme.
func openPhoneIn(t *testing.T, language, theme string) *page {
	t.Helper()
	p := openBrowserWith(t, thisMachine, chromedp.Flag("accept-lang", map[string]string{"en": "en-US", "zh": "zh-CN"}[language]))
	p.do(chromedp.Emulate(phone), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
		})
		return err
	}))
	return p
}

// awaitRoom waits until a person can chat, in any language.
func (p *page) awaitRoom() {
	p.t.Helper()
	await.True(p.t, "the page is connected", func() bool {
		return evaluate[bool](p, `document.getElementById("room")?.hidden === false`)
	})
}
