package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// truth is how soon the page says that the laptop does not answer, where nothing tells it so.
const truth = 8 * time.Second

const awayWords = "The laptop does not answer"

// TestSilenceIsToldSoon has everything that is sent get lost, before a question, within an answer and
// before the page is loaded: it is said in time, and taken back with the first word that comes again.
func TestSilenceIsToldSoon(t *testing.T) {
	for _, name := range []string{"question", "answer", "start"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveHeldTeller(t)
			b := startBeam(t, "--server", server.URL)
			way := startBreaker(t, b.url)
			p := openPhone(t, thisMachine)
			p.open(way.url + "/#c=" + b.ready.Code)
			p.awaitRoom()
			if name == "answer" {
				p.ask("Tell me a story.", storyteller)
				p.awaitText("word20")
			}
			way.silence()
			close(server.goOn)
			began := time.Now()
			switch name {
			case "question":
				p.ask("Tell me a story.", storyteller)
			case "start":
				evaluate[bool](p, `document.dispatchEvent(new Event("visibilitychange"))`)
			}
			await.TrueWithin(t, truth+patience/6, "the page says it", func() bool { return strings.Contains(p.text(), awayWords) })
			t.Logf("said after %s", time.Since(began).Round(100*time.Millisecond))
			if took := time.Since(began); took > 2*truth { // on a machine that is busy with something else
				t.Errorf("it took %s", took)
			}
			evaluate[bool](p, watchWords)
			way.speak()
			if name == "start" {
				p.awaitRoom()
				return
			}
			server.assertWhole(t, p)
			if n := evaluate[int](p, `window.wordsBeside`); n > 1 {
				t.Errorf("the answer went on for %d pieces beside the sentence that there is none", n)
			}
			await.True(t, "the sentence is gone", func() bool { return !strings.Contains(p.text(), awayWords) })
		})
	}
}

// watchWords counts how often the answer grows while the page says that the laptop does not answer.
const watchWords = `(() => {
	const log = document.getElementById("log");
	window.wordsBeside = 0;
	let length = log.innerText.length;
	new MutationObserver(() => {
		if (log.innerText.length > length && !document.getElementById("trouble").hidden) window.wordsBeside++;
		length = log.innerText.length;
	}).observe(log, { subtree: true, childList: true, characterData: true });
	return true;
})()`

// TestSlowModelIsNotAway has a model that says nothing for longer than it takes to notice an absent
// laptop: first not even that it has begun, then after its first word.
func TestSlowModelIsNotAway(t *testing.T) {
	t.Parallel() // it waits
	slow := func(r *http.Request) {
		select {
		case <-time.After(3 * truth / 2):
		case <-r.Context().Done():
		}
	}
	server := serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		slow(r)
		events(w)
		_ = tell(w, chunk("First word. "))
		slow(r)
		_ = tell(w, chunk("Last word.")+"data: [DONE]\n\n")
	}, "slow")
	b := startBeam(t, "--server", server.URL)
	p := openPhone(t, thisMachine)
	p.open(b.ready.PairURL)
	p.awaitRoom()
	evaluate[bool](p, fmt.Sprintf(`(() => {
		window.said = false;
		new MutationObserver(() => { window.said ||= document.body.innerText.includes(%s); })
			.observe(document.getElementById("room"), { subtree: true, childList: true, attributes: true });
		return true;
	})()`, quote(awayWords)))
	p.do(chromedp.SendKeys(chromedp.ID("question"), "Take your time."))
	p.tapSend()
	p.awaitText("Last word.")
	p.awaitAnswerEnd()
	if evaluate[bool](p, `window.said`) {
		t.Error("a model that thinks was taken for a laptop that is away")
	}
}
