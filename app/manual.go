package app

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"sync"
	"syscall"
	"time"

	"modelbeam/discovery/llm"
)

// How often a server added by hand is looked at, and how long it may take to answer: one
// that is busy with a prompt answers late, and one on another machine later still.
const (
	manualEvery   = time.Second
	manualTimeout = 2 * time.Second
	// manualMisses is how many unanswered looks in a row make a server count as gone. A
	// refused connection counts at once: nobody listens any more.
	manualMisses = 3
)

// manual is a server that was added by hand. It is kept while it does not answer.
type manual struct {
	url     *url.URL
	keyOf   func(names ...string) string // the key that the command line gave for one of the names
	secret  func() string                // the key that was given with the address; may take long
	removed chan struct{}                // closed when the person does not want it any more

	looking sync.Mutex // one look at a time, so that an old answer never replaces a new one

	mu     sync.Mutex // guards what follows
	is     manualStatus
	misses int
}

type manualStatus struct {
	tried  bool
	server llm.Server // as it answered last; its URL is nil as long as it never did
	key    string     // that it was asked with
	err    error      // why it does not answer now, or nil
}

func (m *manual) status() manualStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.is
}

func newManual(u *url.URL, keyOf func(...string) string, secret func() string) *manual {
	return &manual{url: u, keyOf: keyOf, secret: sync.OnceValue(secret), removed: make(chan struct{})}
}

// follow looks at the server again and again until ctx ends or it is removed, and calls
// changed after each look.
func (m *manual) follow(ctx context.Context, changed func()) {
	for {
		m.look(ctx)
		if ctx.Err() != nil {
			return
		}
		changed()
		select {
		case <-ctx.Done():
			return
		case <-m.removed:
			return
		case <-time.After(manualEvery):
		}
	}
}

func (m *manual) look(ctx context.Context) {
	m.looking.Lock()
	defer m.looking.Unlock()
	server, key, err := m.ask(ctx)
	if ctx.Err() != nil {
		return // we were told to stop, which says nothing about the server
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		m.is, m.misses = manualStatus{tried: true, server: server, key: key}, 0
		return
	}
	m.misses++
	if !m.is.tried || m.is.err != nil || m.misses >= manualMisses || errors.Is(err, syscall.ECONNREFUSED) {
		m.is.tried, m.is.err = true, err
	}
}

// ask probes the server: with the key that was given for its address or, once it has told
// what it is, for its kind or name.
func (m *manual) ask(ctx context.Context) (server llm.Server, key string, err error) {
	ctx, cancel := context.WithTimeout(ctx, manualTimeout)
	defer cancel()
	key = cmp.Or(m.secret(), m.keyOf(m.url.Host, m.url.String()))
	server, err = llm.ProbeAgain(ctx, m.url, key, m.status().server)
	if err != nil || !server.NeedsKey {
		return server, key, err
	}
	if other := m.keyOf(server.Kind, server.Name); other != "" {
		key = other
		server, err = llm.Probe(ctx, m.url, key)
	}
	return server, key, err
}
