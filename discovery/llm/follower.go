package llm

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// identifyEvery is how long a named server is taken for what it was. Its version and its settings may change
// although its address and its models stay the same.
const identifyEvery = time.Minute

// Follower looks again and again at one server that a person has named. Only one goroutine at a time may call
// its methods.
type Follower struct {
	client     *http.Client
	base       *url.URL
	last       *found // as it answered last; nil: not yet, or not as it used to
	models     []Model
	identified time.Time
	every      time.Duration // between two times
}

// NewFollower makes a Follower of the server at base; see Probe for what that may be.
func NewFollower(base *url.URL) *Follower {
	return &Follower{client: newClient(probePatience), base: base, every: identifyEvery}
}

// Calm makes Look find out only every five minutes, and not every minute, whether the server is still what it was:
// to save battery while nobody sees it.
func (f *Follower) Calm(calm bool) {
	f.every = identifyEvery
	if calm {
		f.every = calmFactor * identifyEvery
	}
}

// Look is like Probe, but asks a server that it knows only for its list of models, and reads that only when it
// has changed: while nothing happens a server with thousands of models should cost no more than others.
// Its errors are those of Probe.
func (f *Follower) Look(ctx context.Context, key string) (Server, error) {
	if f.last != nil && f.last.key == key && time.Since(f.identified) < f.every {
		again := *f.last
		v := f.visitAgain()
		again.relist(ctx, v, f.models)
		v.end()
		if again.err == nil || again.NeedsKey || isTimeout(again.err) {
			return f.took(&again)
		}
	}
	now, err := probeAs(ctx, f.client, f.base, key, f.last, f.models)
	if err != nil {
		f.last = nil
		return Server{}, err
	}
	f.identified = time.Now()
	return f.took(&now)
}

// took remembers what the server told.
func (f *Follower) took(now *found) (Server, error) {
	if isTimeout(now.err) {
		return Server{}, &Error{Cause: TimedOut, URL: f.base.Redacted(), Err: now.err}
	}
	if slices.Equal(now.Models, f.models) {
		now.Models = f.models // whoever has got them has no second copy of thousands
	}
	f.last, f.models = now, now.Models
	return now.Server, nil
}

// Knock reports whether something still accepts connections at the server's address. That costs next to nothing
// on either side, and does not tell whether the server is well.
func (f *Follower) Knock(ctx context.Context) bool {
	port := f.base.Port()
	if port == "" {
		port = f.base.Scheme // "http" and "https" are names of ports too
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(f.base.Hostname(), port))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// visitAgain is a visit to the server as it was found last.
func (f *Follower) visitAgain() *visit {
	v := namedVisit(f.client, f.last.URL, f.last.key)
	v.sumsBefore, v.locked = f.last.sums, f.last.NeedsKey
	return v
}

// namedVisit is a visit to an address that a person has named.
func namedVisit(by *http.Client, base *url.URL, key string) *visit {
	return &visit{client: by, base: base, key: key, trusted: true, patience: probePatience}
}
