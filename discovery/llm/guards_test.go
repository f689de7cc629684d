package llm

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/sockets"
)

// TestPageOfTheLongestLength: a page that is as long as a page may be is whole.
func TestPageOfTheLongestLength(t *testing.T) {
	for length, want := range map[int]error{maxPage - 1: nil, maxPage: nil, maxPage + 1: errTooLong, 2 * maxPage: errTooLong} {
		v := &visit{
			client:   &http.Client{Transport: sayAlways{http.StatusOK, "", []byte(strings.Repeat("x", length))}},
			base:     mustParse(t, "http://127.0.0.1:1"),
			patience: scanPatience,
		}
		if a := v.get(t.Context(), "/"); !errors.Is(a.err, want) || len(a.body) != min(length, maxPage) || v.dead != nil {
			t.Errorf("of %d bytes it read %d: %v; dead: %v", length, len(a.body), a.err, v.dead)
		}
	}
}

// TestSharedAddress: of several processes at one address it is always the same one that counts, in whatever order
// the system lists them. Another one each time would be a server that is restarted all the time.
func TestSharedAddress(t *testing.T) {
	at := netip.AddrPortFrom(loopback[0], 11434)
	list := []sockets.Socket{{Addr: at, ID: 7}, {Addr: at, ID: 3}, {Addr: at, ID: 9}}
	for range 2 {
		w := (&Scanner{replaced: replaced{sockets: func() ([]sockets.Socket, error) { return list, nil }}}).newWatch(nil)
		w.configure()
		if open, _ := w.byList(t.Context()); open[at].ID != 3 {
			t.Errorf("of %v it took %v", list, open[at])
		}
		slices.Reverse(list)
	}
}

// TestRecall: what was learned of a model is of no worth for another one of the same name.
func TestRecall(t *testing.T) {
	can := Abilities{Known: true, Vision: true}
	before := Model{ID: "tiny", Digest: "d1", entry: 1, Abilities: can, Context: 4096}
	for _, tt := range []struct {
		name     string
		now      Model
		recalled bool // there is nothing to ask
		keeps    bool // until it is asked, what was known stands
	}{
		{"the same", Model{ID: "tiny", Digest: "d1", entry: 1}, true, true},
		{"loaded now, say", Model{ID: "tiny", Digest: "d1", entry: 2}, false, true},
		{"another one of the name", Model{ID: "tiny", Digest: "d2", entry: 2}, false, false},
		{"new", Model{ID: "other", Digest: "d1", entry: 1}, false, false},
	} {
		if got := tt.now.recall(before); got != tt.recalled || (tt.now.Abilities == can) != tt.keeps || (tt.now.Context == 4096) != tt.keeps {
			t.Errorf("%s: recalled %v, and is %+v", tt.name, got, tt.now)
		}
	}
	before.open = true
	if now := (Model{ID: "tiny", Digest: "d1", entry: 1}); now.recall(before) {
		t.Error("one that has still to be asked about is not asked about")
	}
}

// TestIdentifiesAgain: a server is not taken for ever for what it was, although its list stays the same.
func TestIdentifiesAgain(t *testing.T) {
	f := startFake(t, "ollama")
	follower := NewFollower(f.base(t))
	before := mustLook(t, follower).Version
	f.set(func() { f.answers["/api/version"] = fakeAnswer{Body: []byte(`{"version":"99.1.0"}`)} })
	if got := mustLook(t, follower).Version; got != before {
		t.Errorf("it was asked who it is within a minute, and is %s now", got)
	}
	follower.identified = follower.identified.Add(-identifyEvery)
	if got := mustLook(t, follower).Version; got != "99.1.0" {
		t.Errorf("after a minute it is still %s", got)
	}
	f.set(func() { f.answers["/api/version"] = fakeAnswer{Body: []byte(`{"version":"99.2.0"}`)} })
	follower.Calm(true)
	models := follower.models
	for _, tt := range []struct {
		ago  time.Duration
		want string
	}{{identifyEvery, "99.1.0"}, {calmFactor * identifyEvery, "99.2.0"}} {
		follower.identified = time.Now().Add(-tt.ago)
		s := mustLook(t, follower)
		if s.Version != tt.want {
			t.Errorf("while nobody looks, after %s it is %s, want %s", tt.ago, s.Version, tt.want)
		}
		if &s.Models[0] != &models[0] {
			t.Errorf("after %s there is a second copy of the same models", tt.ago)
		}
	}
}

// TestHintsOfBefore: hints that were looked for while another server came or went are not told, but looked for again.
func TestHintsOfBefore(t *testing.T) {
	bare(t)
	var told [][]Hint
	s := hinting(freeAddr(t).Port())
	s.Hinted = func(now []Hint) { told = append(told, now) }
	w := s.newWatch(nil)
	defer w.visits.Wait()
	w.hinting = true // a search is under way
	w.hint(t.Context())
	w.hinted(t.Context(), []Hint{{Kind: "ollama"}})
	if len(told) > 0 || !w.hinting {
		t.Fatalf("told %v; looking again: %v", told, w.hinting)
	}
	w.hinted(t.Context(), <-w.hints)
	w.hinted(t.Context(), []Hint{{Kind: "ollama"}})
	w.hinted(t.Context(), []Hint{{Kind: "ollama"}})
	if len(told) != 1 || w.hinting {
		t.Errorf("told %v; looking still: %v", told, w.hinting)
	}
}

// TestCauseOfHalfAnAnswer: who begins an answer and does not end it answers too slowly, whatever it has begun with.
func TestCauseOfHalfAnAnswer(t *testing.T) {
	slow := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}), "127.0.0.1:0")
	v := &visit{client: newClient(probePatience), base: mustParse(t, slow.URL), patience: 200 * time.Millisecond}
	if e := v.explain(t.Context()); e.Cause != TimedOut {
		t.Errorf("%#v", e)
	}
	v = &visit{client: newClient(probePatience), base: mustParse(t, serveAt(t, http.HandlerFunc(endless), "127.0.0.1:0").URL), patience: probePatience}
	if e := v.explain(t.Context()); e.Cause != NotServer {
		t.Errorf("%#v", e)
	}
}

// TestSpareQuestions: a server that wants a key which we do not have is asked for its list, and not who it is, as long
// as nobody finds a key.
func TestSpareQuestions(t *testing.T) {
	t.Parallel()
	f := startFake(t, "generic")
	f.key = "secret"
	s := at(map[string][]int{"": {f.port()}})
	reports := follow(t, s)
	await.Value(t, "the server", reports, func(s []Server) bool { return len(s) == 1 && s[0].NeedsKey })
	before := len(f.requests())
	s.Refresh(t.Context())
	for _, path := range f.requests()[before:] {
		if path != modelsPath {
			t.Errorf("it was asked for %s again", path)
		}
	}
}
