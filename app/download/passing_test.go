package download

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestTriedAgain: what may pass is told, and tried again by itself, later and later, until it has passed: a night
// without internet is no reason to give up. Who cannot wait has it tried at once.
func TestTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		works := false
		l := runLab(t, func(int) source {
			if works {
				return fails(nil, layered("a", 100, 100))
			}
			return fails(refusal("dial tcp: lookup registry.ollama.ai: no such host"))
		})
		l.Get("s", "tiny")
		if d := l.only(t); !d.Running() || d.Failure.Cause != NoNetwork {
			t.Errorf("while it is tried again it is %+v", d)
		}
		time.Sleep(8 * time.Hour)
		d := l.only(t)
		if !d.Running() || d.Failure.Cause != NoNetwork {
			t.Errorf("after a night it is %+v", d)
		}
		for i := 1; i < len(l.asked); i++ {
			if got, want := l.asked[i].Sub(l.asked[i-1]), min(firstPause<<min(i-1, 10), longestPause); got != want {
				t.Errorf("try %d came after %v, want %v", i, got, want)
			}
		}
		tries := len(l.asked)
		if l.Resume(d.ID); l.only(t).Failure == nil || len(l.asked) != tries+1 {
			t.Errorf("asked for again, it is tried %d times", len(l.asked)-tries)
		}
		l.note(func() { works = true })
		time.Sleep(longestPause)
		if d := l.only(t); d.Phase != Done {
			t.Errorf("with the network back it is %+v", d)
		}
	})
}

// TestWhatPasses has everything go wrong that may be over by itself. It is tried again until it is, and not given up.
func TestWhatPasses(t *testing.T) {
	for name, tt := range map[string]struct {
		from source
		want Cause
	}{
		"no network":               {fails(refusal("dial tcp 1.2.3.4:443: connect: network is unreachable")), NoNetwork},
		"a hotel's own page":       {fails(refusal("tls: failed to verify certificate: x509: certificate is valid for hotel.example")), NoNetwork},
		"cut once":                 {fails(refusal("unexpected EOF")), Cut},
		"Ollama has lost patience": {fails(refusal(`max retries exceeded: Get "https://r/": unexpected EOF`)), Cut},
		"nothing comes":            {hangs(layered("a", 50, 100)), Stalled},
		"the server ends":          {fails(fmt.Errorf("%w: unexpected EOF", errGone)), ServerGone},
	} {
		bubble(t, func(t *testing.T) {
			works := false
			l := runLab(t, func(int) source {
				if works {
					return fails(nil, layered("a", 100, 100))
				}
				return tt.from
			})
			l.Get("s", "tiny")
			time.Sleep(8 * time.Hour)
			if d := l.only(t); !d.Running() || d.Failure == nil || d.Failure.Cause != tt.want {
				t.Errorf("%s: after a night it is %+v, %+v", name, d, d.Failure)
			}
			l.note(func() { works = true })
			time.Sleep(tired + longestPause)
			if d := l.only(t); d.Phase != Done || d.Failure != nil {
				t.Errorf("%s: when it is over it is %+v, %+v", name, d, d.Failure)
			}
		})
	}
}

// TestTriedAtOnce: with the network back, somebody who sees that nothing comes need not wait until that is noticed.
func TestTriedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, func(n int) source {
			if n == 0 {
				return hangs(layered("a", 50, 100))
			}
			return fails(nil, layered("a", 100, 100))
		})
		l.Get("s", "tiny")
		time.Sleep(quietAfter / 2)
		id := l.only(t).ID
		if l.Resume(id); l.only(t).Phase != Downloading || len(l.asked) != 1 {
			t.Errorf("while bytes may come, it begins anew")
		}
		time.Sleep(quietAfter)
		if l.Resume(id); l.only(t).Phase != Done {
			t.Errorf("%+v", l.only(t))
		}
	})
}

// TestServerIsUpdated: a server that is too old for a model has been updated when it comes back. Nobody has to press
// anything then, but for any other failure.
func TestServerIsUpdated(t *testing.T) {
	for said, want := range map[string]Phase{
		"412: requires a newer version of Ollama": Done,
		"digest mismatch":                         Failed,
	} {
		bubble(t, func(t *testing.T) {
			l := runLab(t, func(n int) source {
				if n == 0 {
					return fails(refusal(said))
				}
				return fails(nil, layered("a", 100, 100))
			})
			l.Get("s", "tiny")
			l.ServersChanged() // another one has come
			if d := l.only(t); d.Phase != Failed || len(l.asked) != 1 {
				t.Errorf("%q: %+v", said, d)
			}
			for _, there := range []bool{false, true} {
				l.note(func() { l.there = there })
				l.ServersChanged()
				synctest.Wait()
			}
			if d := l.only(t); d.Phase != want {
				t.Errorf("%q: updated, it is %+v", said, d)
			}
		})
	}
}
