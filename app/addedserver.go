package app

import (
	"cmp"
	"context"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/discovery/llm"
)

// How often a server that was added by hand is checked, and how long it may take to answer: one
// that is busy with a prompt answers late, and one on another machine even later.
const (
	addedEvery = time.Second
	// addedWell is how often it is checked while all is well. A request to one that has just gone is told so, or
	// goes to another one, whatever we know.
	addedWell = 2 * time.Second
	// addedModels is how often a healthy one is asked for its models. In between it is enough that
	// it accepts connections: a list may have thousands of models, and a phone that wants an unknown
	// one makes us look at once.
	addedModels = 10 * time.Second
	// addedCalm is how often it is checked while nobody sees what comes of it, and addedModelsCalm how often it is
	// asked then, as often as one that was found.
	addedCalm       = 10 * time.Second
	addedModelsCalm = 25 * time.Second

	addedTimeout = 2 * time.Second
	// addedMisses is how many looks in a row must go unanswered before a server counts as gone. A
	// refused connection counts at once: nobody is listening any more.
	addedMisses = 3
)

// addedServer is a server that was added by hand. It is kept while it does not answer.
type addedServer struct {
	url     *url.URL
	keys    addedKeys
	removed chan struct{} // closed when the person no longer wants it
	calm    atomic.Bool   // nobody sees what comes of looking
	wake    chan struct{} // the calm is over

	// looking allows one look at a time, so that an old answer never replaces a new one; it guards what
	// follows. It is held while the server is asked, so only what looks may take it.
	looking  sync.Mutex
	follower *llm.Follower
	looked   time.Time // when the server was asked last

	mu     sync.Mutex // guards what follows
	is     addedStatus
	misses int
}

// addedKeys are where the key of a server added by hand may be.
type addedKeys struct {
	secret func() string           // the one that was given with the address; may take a while the first time
	named  func() string           // the one that the command line gave for the address
	kind   func(llm.Server) string // the one that the command line gave for what the server is
}

type addedStatus struct {
	tried  bool
	server llm.Server // from its last answer; its URL is nil until there is one
	key    string     // the one it was asked with
	err    error      // why it does not answer now, or nil
}

func (m *addedServer) status() addedStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.is
}

// isAt reports whether this is the server at a loopback address, named by that address or as localhost.
func (m *addedServer) isAt(found *url.URL) bool {
	return m.url.Host == found.Host || strings.EqualFold(m.url.Hostname(), "localhost") && m.url.Port() == found.Port()
}

func newAddedServer(u *url.URL, keys addedKeys) *addedServer {
	return &addedServer{url: u, keys: keys, follower: llm.NewFollower(u), removed: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// follow checks the server again and again until ctx ends or the server is removed, and calls
// changed after each look that saw something new.
func (m *addedServer) follow(ctx context.Context, changed func()) {
	for {
		before := m.status()
		m.glance(ctx)
		if ctx.Err() != nil {
			return
		}
		if !reflect.DeepEqual(m.status(), before) { // quick where nothing has changed: the models are the same slice
			changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-m.removed:
			return
		case <-m.wake:
		case <-time.After(m.pause()):
		}
	}
}

// pause is how long it may go unchecked.
func (m *addedServer) pause() time.Duration {
	switch {
	case !m.wasWell():
		return addedEvery
	case m.calm.Load():
		return addedCalm
	}
	return addedWell
}

// setCalm says whether nobody sees what comes of looking.
func (m *addedServer) setCalm(calm bool) {
	if m.calm.Swap(calm) && !calm {
		nudge(m.wake)
	}
}

// glance looks at the server, but only knocks when all was well a moment ago.
func (m *addedServer) glance(ctx context.Context) {
	if !m.wasWell() || !m.knock(ctx) {
		m.look(ctx)
	}
}

// wasWell reports whether the server recently answered as it should.
func (m *addedServer) wasWell() bool {
	m.mu.Lock()
	is, misses := m.is, m.misses
	m.mu.Unlock()
	m.looking.Lock()
	defer m.looking.Unlock()
	well := is.tried && is.err == nil && misses == 0 && !is.server.NeedsKey && !is.server.Loading
	return well && time.Since(m.looked) < m.modelsEvery()
}

// modelsEvery is how often it is asked for its models while all is well.
func (m *addedServer) modelsEvery() time.Duration {
	if m.calm.Load() {
		return addedModelsCalm
	}
	return addedModels
}

func (m *addedServer) knock(ctx context.Context) bool {
	m.looking.Lock()
	defer m.looking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, addedTimeout)
	defer cancel()
	return m.follower.Knock(ctx)
}

// look asks the server now.
func (m *addedServer) look(ctx context.Context) {
	m.looking.Lock()
	defer m.looking.Unlock()
	server, key, err := m.ask(ctx)
	m.looked = time.Now()
	if ctx.Err() != nil {
		return // we were told to stop, which says nothing about the server
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		m.is, m.misses = addedStatus{tried: true, server: server, key: key}, 0
		return
	}
	m.misses++
	if !m.is.tried || m.is.err != nil || m.misses >= addedMisses || llm.CauseOf(err) == llm.Refused {
		m.is.tried, m.is.err = true, err
	}
}

// ask probes the server with the key that was given for its address or, once the server has said
// what it is, with the one for its kind or name.
func (m *addedServer) ask(ctx context.Context) (server llm.Server, key string, err error) {
	ctx, cancel := context.WithTimeout(ctx, addedTimeout)
	defer cancel()
	key = cmp.Or(m.keys.secret(), m.keys.named(), m.status().key)
	m.follower.Calm(m.calm.Load())
	server, err = m.follower.Look(ctx, key)
	if err != nil || !server.NeedsKey {
		return server, key, err
	}
	if other := m.keys.kind(server); other != "" && other != key {
		key = other
		server, err = m.follower.Look(ctx, key)
	}
	return server, key, err
}
