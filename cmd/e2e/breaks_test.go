package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// teller is a server whose model tells the story, and which notes who asked for it and who left.
type teller struct {
	*fake
	begun, left atomic.Int32
	goOn        chan struct{} // closed when the second half may be told; nil: at once
}

func serveTeller(t *testing.T) *teller {
	t.Helper()
	s := &teller{}
	s.serve(t)
	return s
}

// serveHeldTeller is serveTeller for what has to happen before the story is over: that waits in its middle until goOn is
// closed.
func serveHeldTeller(t *testing.T) *teller {
	t.Helper()
	s := &teller{goOn: make(chan struct{})}
	s.serve(t)
	return s
}

func (s *teller) serve(t *testing.T) {
	t.Helper()
	s.fake = serveFake(t, func(w http.ResponseWriter, r *http.Request) {
		s.begun.Add(1)
		tellStoryHeld(w, r, s.goOn)
		if r.Context().Err() != nil {
			s.left.Add(1)
		}
	}, storyteller)
}

// assertWhole waits for the story's end: nothing of it is missing, nothing is there twice, and the
// model had to tell it once.
func (s *teller) assertWhole(t *testing.T, p *page) {
	t.Helper()
	p.awaitText(fmt.Sprintf("word%d", storyLength))
	p.awaitAnswerEnd()
	if got := p.answer(); got != story() {
		t.Errorf("the answer is %q", got)
	}
	if n := s.begun.Load(); n != 1 {
		t.Errorf("the model was asked %d times", n)
	}
}

// TestAnswerSurvivesBreaks breaks the connection again and again while an answer comes.
func TestAnswerSurvivesBreaks(t *testing.T) {
	server := serveTeller(t)
	b := startBeam(t, "--server", server.URL)
	way := startBreaker(t, b.url)
	p := openPhone(t, thisMachine)
	p.open(way.url + "/#c=" + b.ready.Code)
	p.awaitText("Connected")
	p.ask("Tell me a story.", storyteller)
	for _, word := range []int{20, 60, 61, 150, 300} {
		p.awaitText(fmt.Sprintf("word%d", word))
		time.Sleep(rand.N(30 * time.Millisecond)) // anywhere within a word
		way.cut()
	}
	server.assertWhole(t, p)
	await.True(t, "the answer counts", func() bool { return b.devices(t)[0].Today.Requests > 0 })
	if used := b.devices(t)[0].Today; used.Requests != 1 || used.Tokens < storyLength {
		t.Errorf("one answer counts as %+v", used)
	}
}

// TestAnswerSurvivesLostWiFi takes the phone out of the Wi-Fi for a while, with a real model that
// talks on meanwhile: the phone gets what it missed and what comes then.
func TestAnswerSurvivesLostWiFi(t *testing.T) {
	laptop, phone := newHome(t)
	startOllama(t, endlessModel).moveTo(t, laptop, usualPort)
	b := start(t, "beam", laptop.command(beamCommand(t).Path, "--json", "--state", t.TempDir(), "--no-mdns"))
	ready := b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.awaitEvent(t, "state", "Ollama is found", func(e event) bool { return offers(e, endlessModel) })
	p := openPhone(t, phone)
	p.open(ready.PairURL)
	p.awaitText("Connected")
	p.watchAnswer()
	p.ask("Tell me something.", endlessModel)
	p.awaitGrowth(10)

	phone.ns.IP("link", "set", "wlan0", "down")
	await.True(t, "the page notices", func() bool { return !evaluate[bool](p, "navigator.onLine") })
	before := p.answer()
	phone.ns.IP("link", "set", "wlan0", "up")
	await.True(t, "the answer goes on", func() bool { return len(p.answer()) > len(before)+500 })
	if after := p.answer(); !strings.HasPrefix(after, before) {
		t.Errorf("the answer was\n%s\nand is\n%s", before, after)
	}
	p.tapSend() // which is Stop now
	p.awaitText("Stopped")
	if done := awaitChat(t, b, 1); done.Status == http.StatusOK {
		t.Errorf("the stopped chat is told as %+v", done)
	}
}

// TestReloadInAnAnswer loads the page anew while an answer comes: it goes on where it was.
func TestReloadInAnAnswer(t *testing.T) {
	server := serveHeldTeller(t)
	b := startBeam(t, "--server", server.URL)
	p := openPhone(t, thisMachine)
	p.open(b.ready.PairURL)
	p.awaitText("Connected")
	p.ask("Tell me a story.", storyteller)
	p.awaitText("word40")
	p.do(chromedp.Reload())
	p.awaitText("word60")
	close(server.goOn)
	server.assertWhole(t, p)
	if got := p.text(); !strings.Contains(got, "Tell me a story.") {
		t.Errorf("the page says %q", got)
	}
}

// TestStopReachesTheServer stops an answer on the page, once on the first page and once on one
// that was loaded anew: the model's work ends at once.
func TestStopReachesTheServer(t *testing.T) {
	for _, reloaded := range []bool{false, true} {
		t.Run(fmt.Sprintf("reloaded %t", reloaded), func(t *testing.T) {
			server := serveHeldTeller(t) // the answer is under way as long as nobody stops it
			b := startBeam(t, "--server", server.URL)
			p := openPhone(t, thisMachine)
			p.open(b.ready.PairURL)
			p.awaitText("Connected")
			p.ask("Tell me a story.", storyteller)
			p.awaitText("word20")
			if reloaded {
				p.do(chromedp.Reload())
				p.awaitText("word40")
			}
			p.tapSend() // which is Stop now
			stopped := time.Now()
			await.True(t, "the server's work ends", func() bool { return server.left.Load() == 1 })
			t.Logf("the server's work ended %s after Stop", time.Since(stopped).Round(time.Millisecond))
			p.awaitText("Stopped")
		})
	}
}
