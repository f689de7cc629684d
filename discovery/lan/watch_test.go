package lan

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network is a machine's network that a test changes while follow looks at it.
type network struct {
	events chan struct{}

	mu      sync.Mutex
	list    []Candidate
	err     error
	looks   int
	reports []Survey
}

func (n *network) set(err error, addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list, n.err = candidates(addrs...), err
}

func (n *network) survey() (Survey, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.looks++
	return Survey{Candidates: n.list}, n.err
}

func (n *network) report(s Survey) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reports = append(n.reports, s)
}

// want checks all reports since the beginning, and the number of looks that they took.
func (n *network) want(t *testing.T, looks int, reports ...[]Candidate) {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.looks != looks || !slices.EqualFunc(n.reports, reports, func(s Survey, want []Candidate) bool { return slices.Equal(s.Candidates, want) }) {
		t.Errorf("after %d looks it reported %v; want %v after %d", n.looks, n.reports, reports, looks)
	}
}

func candidates(addrs ...string) []Candidate {
	var list []Candidate
	for _, a := range addrs {
		list = append(list, Candidate{Addr: netip.MustParseAddr(a)})
	}
	return list
}

const (
	before = "192.168.1.20"
	after  = "10.0.0.5"
)

// follows runs a test in a synctest bubble, beside a follow that has just made its first report.
func follows(t *testing.T, test func(t *testing.T, n *network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := &network{events: make(chan struct{}, 1)}
		n.set(nil, before)
		done := make(chan struct{})
		go func() {
			defer close(done)
			follow(ctx, slog.New(slog.DiscardHandler), n.events, n.survey, n.report)
		}()
		n.want(t, 1, candidates(before))
		test(t, n)
		cancel()
		<-done
	})
}

func TestFollowWaitsForTheEndOfABurst(t *testing.T) {
	follows(t, func(t *testing.T, n *network) {
		n.set(nil) // between two addresses there is none
		for range 10 {
			n.events <- struct{}{}
			time.Sleep(10 * time.Millisecond)
		}
		n.set(nil, after)
		time.Sleep(settleTime)
		n.want(t, 2, candidates(before), candidates(after))
	})
}

func TestFollowLooksDuringEndlessEvents(t *testing.T) {
	follows(t, func(t *testing.T, n *network) {
		n.set(nil)
		for range 9 { // to just short of twice the time to settle
			n.events <- struct{}{}
			time.Sleep(110 * time.Millisecond)
		}
		n.want(t, 2, candidates(before), nil)
	})
}

func TestFollowIsSilentWhenNothingChanged(t *testing.T) {
	follows(t, func(t *testing.T, n *network) {
		n.events <- struct{}{}
		time.Sleep(time.Minute)
		n.want(t, 5, candidates(before))
	})
}

func TestFollowPollsWithoutEvents(t *testing.T) {
	follows(t, func(t *testing.T, n *network) {
		close(n.events) // the subscription broke
		n.set(errors.New("no interfaces today"))
		time.Sleep(pollEvery)
		n.want(t, 2, candidates(before), nil)
		n.set(nil, before)
		time.Sleep(pollEvery)
		n.want(t, 3, candidates(before), nil, candidates(before))
	})
}
