package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScanAndChat is the product: a person with Ollama opens the window, scans the code on
// the screen with a phone in the same Wi-Fi, and chats; nothing is typed but the question.
func TestScanAndChat(t *testing.T) {
	laptop, phone := newHome(t)
	ollama := startOllama(t, shortModel, endlessModel)
	ollama.moveTo(t, laptop)
	screen := startDisplay(t)
	window := openWindow(t, laptop, screen)
	window.awaitEvent(t, "state", "Ollama was found", func(e event) bool { return shares(e, "ollama") })

	text := screen.awaitQR(t)
	if want := "http://" + laptopAddress + ":8717/#c="; !strings.HasPrefix(text, want) {
		t.Fatalf("the code on the screen says %q, want %q and a code", text, want)
	}
	page := openPhone(t, phone)
	page.open(text)
	page.awaitText("Connected")
	window.awaitEvent(t, "state", "the phone is there", func(e event) bool { return len(e.Devices) == 1 })

	page.watchAnswers()
	page.ask("Tell me something.", endlessModel)
	page.awaitGrowth(10)
	window.awaitEvent(t, "state", "the phone is being answered", func(e event) bool {
		return len(e.Devices) == 1 && e.Devices[0].Active > 0
	})
	page.stopAnswer()
	window.awaitEvent(t, "request", "the chat ended", func(e event) bool {
		return e.Path == "/v1/chat/completions" && e.Model == endlessModel && e.Server == "ollama"
	})
}

// shares says whether a server of that kind is shared and has a model.
func shares(state event, kind string) bool {
	return slices.ContainsFunc(state.Servers, func(s server) bool {
		return s.Kind == kind && s.Online && len(s.Models) > 0
	})
}

// watchAnswers makes the page note how long what it shows is, each time that it changes.
func (p *page) watchAnswers() {
	p.t.Helper()
	evaluate[bool](p, `(() => {
		const log = document.getElementById("log");
		window.growth = [];
		new MutationObserver(() => {
			const length = log.innerText.length;
			if (length > (window.growth.at(-1) ?? 0)) window.growth.push(length);
		}).observe(log, { subtree: true, childList: true, characterData: true });
		return true;
	})()`)
}

// awaitGrowth waits until what the page shows has grown that many times.
func (p *page) awaitGrowth(steps int) {
	p.t.Helper()
	await(p.t, "the answer grows on the phone", func() bool {
		return evaluate[int](p, "window.growth.length") >= steps
	})
}

// ask chooses a model, types a question as a person does, and sends it.
func (p *page) ask(question, model string) {
	p.t.Helper()
	call[bool](p, `((model) => {
		const list = document.getElementById("model");
		list.value = model;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return list.value === model;
	})`, model)
	p.do(
		chromedp.SendKeys(chromedp.ID("question"), question),
		chromedp.Tap(chromedp.ID("send")),
	)
}

// stopAnswer taps Stop and waits until the answer does not grow any more.
func (p *page) stopAnswer() {
	p.t.Helper()
	p.do(chromedp.Tap(chromedp.ID("send")))
}
