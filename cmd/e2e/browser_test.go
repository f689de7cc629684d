package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"

	"modelbeam/cmd/e2e/await"
)

// page is one tab of a real Chromium of a test's own.
type page struct {
	t   *testing.T
	ctx context.Context
}

// phone is how a common phone looks to a page.
var phone = device.Info{
	Name: "phone", Width: 360, Height: 740, Scale: 2, Mobile: true, Touch: true,
	UserAgent: "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) " +
		"Chrome/140.0.0.0 Mobile Safari/537.36",
}

// openPhone starts a Chromium that is like a phone; it has opened nothing yet.
func openPhone(t *testing.T, m *machine) *page {
	t.Helper()
	return openPhoneLike(t, m, phone)
}

func openPhoneLike(t *testing.T, m *machine, like device.Info) *page {
	t.Helper()
	p := openBrowser(t, m)
	p.do(chromedp.Emulate(like))
	return p
}

// openBrowser starts a Chromium that nobody has used before, on a machine. What it would do
// in the background is off: the tests' machine may have no way out.
func openBrowser(t *testing.T, m *machine) *page {
	t.Helper()
	return openBrowserWith(t, m)
}

func openBrowserWith(t *testing.T, m *machine, more ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(tool(t, "chromium")),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.ModifyCmdFunc(m.adopt),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("no-sandbox", true), // Chromium's sandbox refuses to run as root
		chromedp.Flag("lang", "en-US"),
	}
	for _, name := range []string{
		"no-first-run", "no-default-browser-check", "hide-scrollbars", "mute-audio",
		"disable-gpu", "disable-dev-shm-usage", "disable-quic", "disable-sync", "disable-extensions",
		"disable-background-networking", "disable-component-update", "disable-default-apps",
		"disable-background-timer-throttling", "disable-renderer-backgrounding",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	t.Cleanup(stop)

	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithErrorf(t.Logf))
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // waits for Chromium's end, which stop alone does not
		cancel()
	})
	p := &page{t, ctx}
	// The browser lives as long as the context of its first action: that one has no time limit.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return p
}

// with is the same page for a subtest.
func (p *page) with(t *testing.T) *page { return &page{t, p.ctx} }

func (p *page) open(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}

// follow opens an address as a camera app does that hands it on, without waiting for the page.
func (p *page) follow(url string) {
	p.t.Helper()
	call[chromedp.Void](p, "((url) => { location.href = url; })", url)
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("in the browser: %v", err)
	}
}

// text is what a person can read on the page.
func (p *page) text() string { return evaluate[string](p, `document.body?.innerText ?? ""`) }

// awaitText waits until a person can read something on the page.
func (p *page) awaitText(want string) {
	p.t.Helper()
	await.Get(p.t, "the page says "+want, p.text, func(text string) bool { return strings.Contains(text, want) })
}

// screenshot is the page as PNG, as it is on the screen.
func (p *page) screenshot() []byte {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatalf("take a screenshot of the page: %v", err)
	}
	return png
}

// evaluate runs JavaScript in the page, waits for its promise if it is one, and returns its value.
func evaluate[T any](p *page, script string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("run %q in the page: %v", script, err)
	}
	return value
}

// call is evaluate for a function that the page has, with arguments.
func call[T any](p *page, function string, args ...any) T {
	p.t.Helper()
	list, err := json.Marshal(args)
	if err != nil {
		p.t.Fatal(err)
	}
	return evaluate[T](p, fmt.Sprintf("%s(...%s)", function, list))
}
