package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

const hostileModel = "hostile"

// hostileAnswers are what a model could say to do harm, by the question that makes it say so. What
// gets through sets window.__pwned or asks pwned.example for something.
var hostileAnswers = map[string]string{
	"tags": "before <script>window.__pwned=1</script> <img src=x onerror=\"window.__pwned=2\"> <svg onload=window.__pwned=3> " +
		"<iframe srcdoc=\"<script>top.__pwned=4</script>\"></iframe> <details ontoggle=window.__pwned=5 open>x</details> " +
		"<style>@import 'http://pwned.example/a.css';</style> <link rel=stylesheet href=http://pwned.example/b.css> " +
		"<form action=http://pwned.example><input autofocus onfocus=window.__pwned=6></form> <base href=http://pwned.example/> " +
		"<meta http-equiv=refresh content='0;url=http://pwned.example'> <math><mtext><table><mglyph><style><img src=x onerror=window.__pwned=7> after",
	"links": "before [a](javascript:window.__pwned=1) [b](JaVaScRiPt:window.__pwned=2) [c](java\tscript:window.__pwned=3) " +
		"[d](data:text/html,<script>opener.__pwned=4</script>) [e](vbscript:x) [f](&#106;avascript:window.__pwned=5) <javascript:window.__pwned=6> " +
		"[g](\x01javascript:window.__pwned=7) [h](blob:http://pwned.example/x) [i](file:///etc/passwd) [j](//pwned.example) [k](../pair) after",
	"pictures": "before ![a](http://pwned.example/a.png) ![b](javascript:window.__pwned=1) ![c](data:image/svg+xml,<svg onload=window.__pwned=2>) " +
		"[![d](http://pwned.example/d.png)](http://pwned.example) ![e][ref] after\n\n[ref]: http://pwned.example/e.png",
	"attributes": "before [a](http://b.example \"x\\\" onmouseover=window.__pwned=1 y=\\\"\") `</code><script>window.__pwned=2</script>` " +
		"[b](<http://c.example\" onclick=window.__pwned=3>) https://d.example/\"onclick=window.__pwned=4 after",
	"languages":  "before\n\n```js\"><script>window.__pwned=1</script>\nx\n```\n\n```<img src=x onerror=window.__pwned=2>\ny\n```\n\nafter",
	"formulas":   "before $\\href{javascript:window.__pwned=1}{x}$ $$\\unicode{<script>window.__pwned=2</script>}$$ \\(<img src=x onerror=window.__pwned=3>\\) after",
	"fence":      "before\n\n```html\n<script>window.__pwned=1</script>\nafter",
	"fences":     "before\n\n" + strings.Repeat("````\n~~~\n```\n> ```\n- ```\n", 200) + "after",
	"deep list":  "before\n\n" + staircase(400) + "\n\nafter",
	"surrogates": "before \ufffd\u202egnp.exe\u202c \u2066after\u2069 a\u0300" + strings.Repeat("\u0301", 2000) + " after",

	"long line":         "before " + strings.Repeat("lorem-ipsum ", 1<<20/12) + "after",
	"long word":         "before " + strings.Repeat("a", 1<<20) + " after",
	"long brackets":     "before " + strings.Repeat("[", 1<<20) + " after",
	"long stars":        "before " + strings.Repeat("**a *b ", 1<<20/7) + " after",
	"long quotes":       "before\n\n" + strings.Repeat(">", 1<<20) + " after",
	"long backquotes":   "before " + strings.Repeat("`a``", 1<<20/4) + " after",
	"long links":        "before " + strings.Repeat("[a](b ", 1<<20/6) + " after",
	"long table":        "before\n\n|" + strings.Repeat("a|", 1<<19) + "\n|" + strings.Repeat("-|", 1<<19) + "\n\nafter",
	"long code":         "before\n\n```\n" + strings.Repeat("x", 1<<20) + "\n```\n\nafter",
	"long list of code": "before\n\n" + strings.Repeat("- ```\n", 1<<17/6) + "\n\nafter",
}

// staircase is a list in a list in a list ...
func staircase(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat("  ", i) + "- step\n")
	}
	return b.String()
}

// sayHostile answers with what the question asks for, in pieces that respect nothing.
func sayHostile(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Messages []struct{ Content string } }
	_ = json.NewDecoder(r.Body).Decode(&asked)
	answer := []rune(hostileAnswers[asked.Messages[len(asked.Messages)-1].Content])
	events(w)
	for size := 1; len(answer) > 0; size = size%7 + 1 {
		if len(answer) > 1<<16 {
			size = 5000
		}
		size = min(size, len(answer))
		if tell(w, chunk(string(answer[:size]))) != nil {
			return
		}
		answer = answer[size:]
	}
	_ = tell(w, "data: [DONE]\n\n")
}

// TestHostileAnswers has a model say all that could do harm on a page. Nothing runs, nothing is
// asked of anybody else, the page stays usable, and a person can read what was said.
func TestHostileAnswers(t *testing.T) {
	b := startBeam(t, "--server", serveFake(t, sayHostile, hostileModel).URL)
	page := openPhone(t, thisMachine)
	page.open(b.ready.PairURL)
	page.awaitText("Connected")
	elsewhere := page.watchNetwork(b.url)
	for _, name := range slices.Sorted(maps.Keys(hostileAnswers)) {
		t.Run(name, func(t *testing.T) {
			page := page.with(t)
			page.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("new-chat").click()`))
			page.watchTasks()
			slowdown := watchSlowdown(t)
			began := time.Now()
			page.ask(name, hostileModel)
			// The list of code alone makes a hundred thousand elements.
			await.TrueWithin(t, 5*await.Limit, "all of the answer is on the page", func() bool {
				text := page.answerEnds()
				return strings.Contains(text, "before") && strings.Contains(text, "after")
			})
			page.awaitAnswerEnd()
			took := time.Since(began)
			longest := page.longestTask() // before we look at every element ourselves
			page.assertHarmless()
			slower := slowdown()
			t.Logf("shown after %s; the longest that the page did not listen was %s, on a machine that is slowed down %.1f times",
				took.Round(time.Millisecond), longest, slower)
			assertPromise(t, longest, 2*time.Second, slower) // longer is no usable page
		})
	}
	if urls := elsewhere(); len(urls) > 0 {
		t.Errorf("the page asked for %q", urls)
	}
}

// answerEnds is the text of the first and of the last part of the last answer, also where they are too far away
// to be laid out. All of a long answer would cost the page more to tell than to show.
func (p *page) answerEnds() string {
	p.t.Helper()
	return evaluate[string](p, `(() => {
		const parts = [...document.querySelectorAll("#log .answer .text")].at(-1)?.children ?? [];
		return [parts[0], parts[parts.length - 1]].map((part) => part?.textContent ?? "").join("\n");
	})()`)
}

// assertHarmless looks at what became of an answer.
func (p *page) assertHarmless() {
	p.t.Helper()
	if got := evaluate[string](p, `String(window.__pwned)`); got != "undefined" {
		p.t.Errorf("something ran: %s", got)
	}
	bad := evaluate[[]string](p, `[...document.querySelectorAll("#log .answer .text *")].flatMap((el) => {
		const name = el.localName;
		const attributes = [...el.attributes].map((a) => a.name).filter((a) => /^(on|src|style|srcdoc|action|form|background)/.test(a));
		const forbidden = /^(script|img|iframe|object|embed|style|link|form|input|base|meta|video|audio|source|math|template|slot)$/.test(name);
		const scheme = name === "a" && el.hasAttribute("href") && !/^(https?|mailto):$/.test(el.protocol);
		return forbidden || attributes.length || scheme ? [el.outerHTML.slice(0, 200)] : [];
	})`)
	if len(bad) > 0 {
		p.t.Errorf("the answer has %q", bad)
	}
}

// watchTasks makes the page note how long it does not listen to taps.
func (p *page) watchTasks() {
	p.t.Helper()
	evaluate[bool](p, `(() => {
		window.longest = 0;
		window.watcher?.disconnect();
		window.watcher = new PerformanceObserver((list) => {
			for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
		});
		window.watcher.observe({ type: "longtask" });
		return true;
	})()`)
}

// longestTask is the longest since watchTasks; tasks below 50 ms do not count.
func (p *page) longestTask() time.Duration {
	p.t.Helper()
	return time.Duration(evaluate[float64](p, "window.longest")) * time.Millisecond
}

// watchNetwork notes whatever the page asks of others than base.
func (p *page) watchNetwork(base string) (elsewhere func() []string) {
	p.t.Helper()
	var mu sync.Mutex
	var own, others []string
	err := chromedp.Listen(p.ctx, func(ev any) {
		sent, ok := ev.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		switch u, err := url.Parse(sent.Request.URL); {
		case err == nil && "http://"+u.Host == base:
			own = append(own, u.Path)
		case err == nil && (u.Scheme == "data" || u.Scheme == "blob"):
		default:
			others = append(others, sent.Request.URL)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	// What does not see this proves nothing.
	evaluate[bool](p, `fetch("/healthz?watched").then(() => true)`)
	await.True(p.t, "the watcher sees a request", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return slices.Contains(own, "/healthz")
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(others)
	}
}
