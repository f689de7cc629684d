package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	guesses      = 10_000
	triesAllowed = 10 // wrong ones, a minute, from an address
)

// TestGuesses has somebody guess codes as fast as it goes. Ten are looked at; after that even the
// right code is refused, until the time is over that the refusal tells. Everybody else pairs meanwhile.
func TestGuesses(t *testing.T) {
	t.Parallel() // it waits for that time
	b := startBeam(t, "--demo", "on")
	code := b.freshCode(t)
	guesser, other := newHandset(t), newHandset(t)
	began := time.Now()
	looked, lockedOut := guess(t, guesser, b.url)
	t.Logf("%d guesses in %s: %d were looked at, %d refused unseen", guesses, time.Since(began).Round(time.Millisecond), looked, lockedOut)
	if looked != triesAllowed || lockedOut != guesses-triesAllowed {
		t.Errorf("%d guesses were looked at, want %d; %d were refused with 429", looked, triesAllowed, lockedOut)
	}

	refused, err := guesser.pair(t.Context(), b.url, code, "guesser")
	if err != nil || refused.Status != http.StatusTooManyRequests || refused.Error.Code != "too_many_tries" || refused.Error.Message == "" {
		t.Fatalf("the guesser with the right code: %+v, %v", refused, err)
	}
	if got, err := other.pair(t.Context(), b.url, code, "other"); err != nil || got.Status != http.StatusOK {
		t.Errorf("another phone with the right code: %+v, %v", got, err)
	}

	wait, err := strconv.Atoi(refused.Header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > 60 {
		t.Fatalf("Retry-After is %q", refused.Header.Get("Retry-After"))
	}
	time.Sleep(time.Duration(wait) * time.Second) // as the refusal says
	if got := guesser.mustPair(t, b, "guesser"); got.Status != http.StatusOK {
		t.Errorf("the guesser after %d s: %+v", wait, got)
	}
}

// guess tries wrong codes from one address, many at the same time, and returns how many were
// looked at and how many were refused because of too many tries.
func guess(t *testing.T, h *handset, base string) (looked, lockedOut int32) {
	var next, wrong, refused atomic.Int32
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for i := next.Add(1); i <= guesses; i = next.Add(1) {
				got, err := h.pair(t.Context(), base, fmt.Sprintf("%08d", i), "guesser")
				switch {
				case err == nil && got.Status == http.StatusUnauthorized && got.Error.Code == "code_wrong":
					wrong.Add(1)
				case err == nil && got.Status == http.StatusTooManyRequests && got.Header.Get("Retry-After") != "":
					refused.Add(1)
				default:
					t.Errorf("guess %d: %+v, %v", i, got, err)
					return
				}
			}
		})
	}
	workers.Wait()
	return wrong.Load(), refused.Load()
}

// TestKeyGuesses is the same for keys: a minute's tries are soon used up, and that keeps nobody
// out who has a key, not even at the same address.
func TestKeyGuesses(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	guesser, owner := newHandset(t), newHandset(t)
	owner.mustPair(t, b, "owner")
	for i := range 3 * triesAllowed {
		guesser.key = fmt.Sprintf("mb_%022d", i)
		want := http.StatusUnauthorized
		if i >= triesAllowed {
			want = http.StatusTooManyRequests
		}
		if got := guesser.get(t, b.url+"/v1/models"); got.Status != want || got.Error.Message == "" {
			t.Errorf("wrong key number %d: %+v, want %d", i+1, got, want)
		}
	}
	guesser.key = owner.key
	for _, h := range []*handset{owner, guesser} {
		if got := h.get(t, b.url+"/v1/models"); got.Status != http.StatusOK {
			t.Errorf("with a right key: %+v", got)
		}
	}
}

// TestRemovedKeyIsNoGuess proves that a key is void when the command that takes it away says so, and
// that whoever goes on with it hears why: for as long as it asks, and after a restart.
func TestRemovedKeyIsNoGuess(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	key := b.addDevice(t, "phone").Key
	if got := status(t, b.url+"/v1/models", key); got != http.StatusOK {
		t.Fatalf("a new key gets %d", got)
	}
	out, err := beamCommand(t, "devices", "remove", "phone", "--state", b.state).Output()
	if err != nil || !strings.Contains(string(out), "Its key no longer works.") {
		t.Fatalf("beam devices remove: %q, %v", out, err)
	}
	phone := newHandset(t)
	phone.key = key
	for range 2 {
		for i := range 3 * triesAllowed {
			if got := phone.get(t, b.url+"/v1/models"); got.Status != http.StatusUnauthorized || got.Error.Code != "removed" {
				t.Fatalf("request %d with the void key: %+v", i+1, got)
			}
		}
		if err := b.stop(t); err != nil {
			t.Fatal(err)
		}
		b = startBeamIn(t, b.state, "--demo", "on")
	}
}
