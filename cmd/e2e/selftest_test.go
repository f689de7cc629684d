package e2e

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// step is a line of the connect page's own test.
type step struct{ State, Text string }

// TestSelfTest has a person on a phone test the connection, with the real Ollama behind it: the
// page makes the calls of an app of another origin and finds that all of them work.
func TestSelfTest(t *testing.T) {
	beam := startBeam(t, "--server", startOllama(t, shortModel).url)
	page := openPhone(t, thisMachine)
	page.open(beam.ready.PairURL)
	page.awaitText("Connected")
	page.testConnection()

	steps := evaluate[[]step](page, `Array.from(document.querySelectorAll(".test .steps li"), (li) => ({ State: li.dataset.state, Text: li.innerText }))`)
	t.Logf("the page says %q", steps)
	if len(steps) != 3 || slices.ContainsFunc(steps, func(s step) bool { return s.State != "passed" }) {
		t.Errorf("the steps are %q, want three that passed", steps)
	}
	page.awaitText("Everything works.")
}

// testConnection finds the page's test and returns when it has come to a verdict.
func (p *page) testConnection() {
	p.t.Helper()
	p.do(chromedp.Tap(chromedp.ID("use-app"), chromedp.NodeVisible))
	await.True(p.t, "the sheet has come up", func() bool {
		return evaluate[bool](p, `document.getElementById("apps").getAnimations().every((a) => a.playState === "finished")`)
	})
	p.do(chromedp.Tap(chromedp.CSS(".test button"), chromedp.NodeVisible))
	await.True(p.t, "the page has made its test", func() bool {
		return evaluate[string](p, `document.querySelector(".test [role=status]").innerText`) != ""
	})
}
