package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// The link of a phone that is far from the router.
const (
	linkDelay = 10 * time.Millisecond // one way
	linkRate  = 5_000_000 / 8         // bytes a second
)

// watchStart notes when something is painted first and when "Connected" stands there, in milliseconds since
// the person opened the page, and takes the place of a storage that holds a key.
const watchStart = `
const started = {};
if (KEY && location.protocol === "http:") try { localStorage.setItem("modelbeam", KEY); } catch {}
new PerformanceObserver((list) => {
	for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") started.paint = entry.startTime;
}).observe({ type: "paint", buffered: true });
const roomIsOpen = () => document.getElementById("room")?.hidden === false;
(function look() {
	if (roomIsOpen()) started.connected = performance.now();
	else requestAnimationFrame(look);
})();
new MutationObserver(() => { // at once: until the next frame the page may have asked for more
	if (roomIsOpen()) started.asked ??= performance.getEntriesByType("resource").filter((e) => /^http/.test(e.name)).map((e) => new URL(e.name).pathname);
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden"] });
window.started = started;
`

// startUp is what came of opening the page once.
type startUp struct {
	paint, connected float64
	asked            []string // for what, besides the page itself
}

// TestFirstPaint opens the page over a slow link, on a phone that is paired and on one that comes with a code,
// each time in a browser that has kept nothing. The page is one answer, so that it takes few of the link's ways
// forth and back. With BEFORE=/path/to/another/beam both programs are measured in turns, a table is told, and
// this one must take at most 60 % of what that one takes; ROUNDS=7 says how often.
func TestFirstPaint(t *testing.T) {
	if os.Getenv("BEFORE") == "" {
		t.Parallel() // nothing is compared
	}
	before, rounds := os.Getenv("BEFORE"), 1
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil {
		rounds = n
	} else if before != "" {
		rounds = 7
	}
	programs := []string{beamCommand(t).Path}
	if before != "" {
		programs = append(programs, before)
	}
	var all []*starts
	for _, program := range programs {
		all = append(all, newStarts(t, program))
	}
	took := map[string][]startUp{}
	for range rounds + 1 { // the first one is for the programs and the browsers to be ready
		for i, s := range all {
			for _, how := range []string{"paired", "by code"} {
				took[how+strconv.Itoa(i)] = append(took[how+strconv.Itoa(i)], s.open(how == "by code"))
			}
		}
	}
	for how, may := range map[string][]string{
		"paired": {"/proof", "/v1/models", "/device"}, "by code": {"/healthz", "/pair", "/proof", "/v1/models", "/device"},
	} {
		for _, path := range took[how+"0"][0].asked {
			if !slices.Contains(may, path) {
				t.Errorf("%s: the page asks for %s before it is connected", how, path)
			}
		}
		for what, of := range map[string]func(startUp) float64{
			"first paint": func(s startUp) float64 { return s.paint }, "Connected": func(s startUp) float64 { return s.connected },
		} {
			now := median(took[how+"0"][1:], of)
			line := fmt.Sprintf("%-8s %-12s %4.0f ms", how, what, now)
			if before != "" {
				then := median(took[how+"1"][1:], of)
				line += fmt.Sprintf(", before %4.0f ms: %.0f %%", then, 100*now/then)
				if now > 0.6*then {
					t.Errorf("%s: that is more than 60 %%", line)
				}
			}
			t.Log(line)
		}
	}
}

func median(all []startUp, of func(startUp) float64) float64 {
	var values []float64
	for _, s := range all {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// starts opens a program's page over a slow link again and again.
type starts struct {
	t       *testing.T
	b       *beam
	link    *slowLink
	browser *page
	key     string // what a paired phone keeps
}

func newStarts(t *testing.T, program string) *starts {
	t.Helper()
	b := &beam{state: filepath.Join(t.TempDir(), "state")}
	cmd := beamCommand(t, "--listen", "127.0.0.1:0", "--json", "--state", b.state, "--no-scan", "--no-mdns", "--demo", "on")
	cmd.Path, cmd.Args[0] = program, program
	b.process = start(t, "beam", cmd)
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	s := &starts{t: t, b: b, link: startSlowLink(t, b.ready.Listen, linkDelay, linkRate), browser: openBrowser(t, thisMachine)}
	key := b.addDevice(t, "phone").Key
	s.key = fmt.Sprintf(`{"key":%q,"name":"laptop"}`, key)
	return s
}

// open opens the page once, in a browser without memory: no file of the page is there, and no connection.
func (s *starts) open(byCode bool) startUp {
	s.t.Helper()
	ctx, cancel := chromedp.NewContext(s.browser.ctx, chromedp.WithNewBrowserContext())
	defer cancel()
	p := &page{s.t, ctx}
	if err := chromedp.Do(ctx); err != nil {
		s.t.Fatal(err)
	}
	key, url := quote(s.key), "http://"+s.link.Addr().String()+"/"
	if byCode {
		key, url = `""`, url+"#c="+strings.ReplaceAll(s.b.freshCode(s.t), "-", "")
	}
	p.do(chromedp.Emulate(phone))
	p.prepare(strings.ReplaceAll(watchStart, "KEY", key))
	p.open(url)
	var took startUp
	await.True(s.t, "the page is painted and connected", func() bool {
		took.paint = evaluate[float64](p, "window.started?.paint ?? 0")
		took.connected = evaluate[float64](p, "window.started?.connected ?? 0")
		return took.paint > 0 && took.connected > 0
	})
	took.asked = evaluate[[]string](p, "window.started.asked")
	return took
}
