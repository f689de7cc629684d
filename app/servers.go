package app

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"modelbeam/app/demo"
	"modelbeam/discovery/llm"
)

// servers knows the LLM servers that are there: those found on this machine, those added by
// hand, and the demo model. Its methods may be called from any goroutine.
type servers struct {
	opts    Options
	log     *slog.Logger
	changed func() // called without mu held, whenever list may return something new
	scanner llm.Scanner
	follow  chan *addedServer // to run, which follows them
	calm    atomic.Bool       // nobody sees what comes of looking

	mu      sync.Mutex // guards what follows
	added   []*addedServer
	found   []llm.Server
	hints   []llm.Hint
	looked  bool // the first look around is over
	demo    *url.URL
	ownPort int               // the gateway's
	ids     map[string]string // a server's ID by its ownedURL
	keyed   map[string]string // the URL of the server added by hand that got the key for a kind, by kind
}

func newServers(o Options, ids map[string]string, log *slog.Logger, changed func()) *servers {
	s := &servers{opts: o, log: log, changed: changed, ids: make(map[string]string, len(ids)), keyed: make(map[string]string), follow: make(chan *addedServer, 64)}
	maps.Copy(s.ids, ids)
	for _, u := range o.Servers {
		s.add(u, func() string { return "" })
	}
	s.scanner.Logger = log
	s.scanner.Skip = s.isOwn
	s.scanner.Hinted = s.hinted
	s.scanner.Key = s.keyOfFound
	s.setCalm(true) // a service that starts with the computer has nobody who looks, until Controller.ShowCode
	return s
}

// setCalm has servers looked at less often, or as often as when somebody sees what comes of it.
func (s *servers) setCalm(calm bool) {
	s.calm.Store(calm)
	s.scanner.Calm(calm)
	for _, m := range s.byHand() {
		m.setCalm(calm)
	}
}

// isOwn reports whether a port is the gateway's or the demo's, where there is no server to find.
func (s *servers) isOwn(port int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return port == s.ownPort || s.demo != nil && s.demo.Port() == strconv.Itoa(port)
}

// setOwnPort notes which port the gateway has.
func (s *servers) setOwnPort(port int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ownPort = port
}

// run follows all servers until ctx ends.
func (s *servers) run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	if s.opts.Demo != "off" {
		all.Go(func() { s.serveDemo(ctx) })
	}
	if !s.opts.NoScan {
		all.Go(func() { s.scanner.Watch(ctx, s.scanned) })
	}
	s.settle()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.follow:
			all.Go(func() { m.follow(ctx, s.settle) })
		}
	}
}

// add takes a server that was named by hand, unless it is there already.
func (s *servers) add(u *url.URL, secret func() string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.added, func(m *addedServer) bool { return *m.url == *u }) {
		return
	}
	m := newAddedServer(u, addedKeys{
		secret: secret,
		named:  func() string { return s.keyOf(u.Host, u.String()) },
		kind:   s.keyOfNamed,
	})
	m.calm.Store(s.calm.Load())
	select {
	case s.follow <- m:
		s.added = append(s.added, m)
	default:
		s.log.Error("too many servers were added by hand", "url", u.Redacted())
	}
}

// remove forgets a server that was named by hand.
func (s *servers) remove(u *url.URL) {
	s.mu.Lock()
	s.added = slices.DeleteFunc(s.added, func(m *addedServer) bool {
		if *m.url != *u {
			return false
		}
		close(m.removed)
		return true
	})
	s.mu.Unlock()
	s.changed()
}

// byHand are the servers that were named by hand.
func (s *servers) byHand() []*addedServer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.added)
}

// refresh looks at every server again, now: a request asks for a model that may have
// appeared a moment ago.
func (s *servers) refresh(ctx context.Context) {
	var all sync.WaitGroup
	for _, m := range s.byHand() {
		all.Go(func() { m.look(ctx) })
	}
	if !s.opts.NoScan {
		all.Go(func() { s.scanner.Refresh(ctx) })
	}
	all.Wait()
	s.settle()
}

// scanned takes what the scanner has found.
func (s *servers) scanned(found []llm.Server) {
	s.mu.Lock()
	s.found, s.looked = found, true
	s.mu.Unlock()
	s.settle()
}

// settle notices when the first look is over, also for servers added by hand, and passes on that
// something may have changed.
func (s *servers) settle() {
	s.mu.Lock()
	if s.opts.NoScan {
		s.looked = !slices.ContainsFunc(s.added, func(m *addedServer) bool { return !m.status().tried })
	}
	s.mu.Unlock()
	s.changed()
}

// serveDemo runs the demo model on a loopback port of its own.
func (s *servers) serveDemo(ctx context.Context) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		s.log.Warn("listen for the demo model", "error", err)
		return
	}
	s.mu.Lock()
	s.demo = &url.URL{Scheme: "http", Host: l.Addr().String()}
	s.mu.Unlock()
	s.settle()
	if err := demo.Serve(ctx, l); err != nil {
		s.log.Error("serve the demo model", "error", err)
	}
}

// knownIDs returns the IDs that servers have, by ownedURL.
func (s *servers) knownIDs() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.ids)
}

// id names a server by its kind, with a number from the second of a kind on. The ID stays the same
// for as long as the server is at that address: clients save model names such as llama3@ollama-2,
// and a key that was given for an ID is for that address. So a server of another user of this machine
// never gets an ID that could mean one of ours, not even at the address of one that is not running
// now. The caller holds s.mu.
func (s *servers) id(f llm.Server) string {
	kind, at := f.Kind, ownedURL(f.URL.String(), f.User)
	if id, ok := s.ids[at]; ok {
		return id
	}
	if f.User != "" {
		kind += "-" + f.User
	}
	taken := make(map[string]bool)
	for _, id := range s.ids {
		taken[id] = true
	}
	id := kind
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", kind, n)
	}
	s.ids[at] = id
	return id
}

// ownedURL names a server by its address and, when it belongs to another user of this machine, by that
// user.
func ownedURL(url, user string) string {
	if user == "" {
		return url
	}
	return url + " " + user
}
