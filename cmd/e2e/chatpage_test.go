package e2e

import (
	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// What a person does on the page that the code leads to.

// models are the models that the page offers.
func (p *page) models() []string {
	p.t.Helper()
	return evaluate[[]string](p, `Array.from(document.getElementById("model").options, (o) => o.value)`)
}

// ask chooses a model, types a question and sends it.
func (p *page) ask(question, model string) {
	p.t.Helper()
	p.choose(model)
	p.do(chromedp.SendKeys(chromedp.ID("question"), question))
	p.tapSend()
}

func (p *page) choose(model string) {
	p.t.Helper()
	chosen := call[string](p, `((model) => {
		const list = document.getElementById("model");
		list.value = model;
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return list.value;
	})`, model)
	if chosen != model {
		p.t.Fatalf("the page does not offer %s but %q", model, p.models())
	}
}

// tapSend taps the button that sends a question and, while it is answered, stops the answer.
func (p *page) tapSend() {
	p.t.Helper()
	p.do(chromedp.Tap(chromedp.ID("send"), chromedp.NodeEnabled))
}

// watchAnswer makes the page note how long its last answer is, each time that it grows.
func (p *page) watchAnswer() {
	p.t.Helper()
	evaluate[bool](p, `(() => {
		const log = document.getElementById("log");
		window.growth = [];
		window.watching?.disconnect();
		window.watching = new MutationObserver(() => {
			const length = log.innerText.length;
			if (length > (window.growth.at(-1) ?? 0)) window.growth.push(length);
		});
		window.watching.observe(log, { subtree: true, childList: true, characterData: true });
		return true;
	})()`)
}

// awaitGrowth waits until the answer has grown that many times: it came piece by piece.
func (p *page) awaitGrowth(steps int) {
	p.t.Helper()
	await.True(p.t, "the answer grows on the phone", func() bool {
		return evaluate[int](p, "window.growth.length") >= steps
	})
}

// answer is the text of the last answer.
func (p *page) answer() string {
	p.t.Helper()
	return evaluate[string](p, `[...document.querySelectorAll("#log .answer .text")].at(-1)?.innerText.trim() ?? ""`)
}

// awaitAnswerEnd waits until no answer is under way.
func (p *page) awaitAnswerEnd() {
	p.t.Helper()
	await.True(p.t, "the answer on the phone has ended", func() bool {
		return !evaluate[bool](p, `document.getElementById("send").classList.contains("stop")`)
	})
}
