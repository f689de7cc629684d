package llm

import (
	"cmp"
	"context"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/discovery/sockets"
)

const (
	// scanPatience is for one question and its answer. A whole visit may take three times as long:
	// what does not answer at all is left after the first question.
	scanPatience = 2 * time.Second
	// scanSilence is when Scan gives up what has not answered: so long after the last answer of any
	// server. It is longer than scanPatience, so that what hangs is left by its visit. This is for a
	// machine on which so much hangs that visits have to wait for others to end.
	scanSilence = 5 * time.Second / 2
	// maxVisits is how many servers are asked at the same time. If all were, on a busy machine each would
	// answer too late, because it has to share the processor with all others and with us.
	maxVisits = 16
)

// Scanner looks for LLM servers on this machine's loopback addresses: wherever a program listens, on Linux,
// Windows and macOS; elsewhere at the ports that such servers usually have, and those that OLLAMA_HOST
// and LM Studio's settings name. Ports below 1024 and those of well-known other services are left alone,
// and so is our own process. The zero value is ready to use. The fields are options, to be set before
// the first call. Methods may be called from any goroutine, also at the same time.
type Scanner struct {
	// Skip says that a port is to be left alone: that of our own gateway, above all. It is called often,
	// by each running method from one goroutine at a time. Nil skips nothing.
	Skip func(port int) bool
	// Key returns the key for a server that wants one, or nothing. It may be called from any goroutine.
	// Nil has no keys.
	Key func(Server) string
	// Hinted is called by Watch with all hints whenever they change, for the first time when there is
	// one. It is called from the same goroutine as changed, one call at a time. Nil wants no hints.
	Hinted func([]Hint)
	// Logger gets a line for each server that comes or goes. Nil logs nothing.
	Logger *slog.Logger

	replaced replaced // by tests

	calm    atomic.Bool
	once    sync.Once
	refresh chan chan struct{} // from Refresh to Watch: close when done
	wake    chan struct{}      // from Calm to Watch
}

// replaced is what tests put in place of the real thing, unless it is zero.
type replaced struct {
	kinds    []kind
	patience time.Duration                    // of a busy machine
	sockets  func() ([]sockets.Socket, error) // of this machine
	every    time.Duration                    // between two lists of them
	pid      int                              // of ourselves
	agent    string                           // as we call ourselves
}

// Scan takes one look and returns the servers there are, in the order of the table of kinds and
// then of ports. It ends when every server has answered or was given up: one that hangs after 2 s, all that
// are left when none has answered for 2.5 s.
// A server that listens on both loopback addresses is one server, at 127.0.0.1.
func (s *Scanner) Scan(ctx context.Context) []Server {
	ctx, cancel := context.WithCancel(ctx)
	w := s.newWatch(nil)
	w.once = true
	defer w.visits.Wait()
	defer cancel()
	w.look(ctx)
	w.noteAnswer() // nobody was asked before, however long the list of sockets took
	w.settle(ctx, func() time.Duration { return time.Until(w.lastAnswer().Add(s.silence())) })
	return w.servers()
}

// key asks the option of that name, if there is one.
func (s *Scanner) key(server Server) string {
	if s.Key == nil {
		return ""
	}
	return s.Key(server)
}

// servers puts what was found in order. One that answers at both addresses is in it once.
func servers(all map[netip.AddrPort]found) []Server {
	var at []netip.AddrPort
	for ep := range all {
		if _, twice := all[twin(ep)]; !twice || ep.Addr() == loopback[0] {
			at = append(at, ep)
		}
	}
	slices.SortFunc(at, func(a, b netip.AddrPort) int {
		return cmp.Or(cmp.Compare(all[a].rank, all[b].rank), cmp.Compare(a.Port(), b.Port()))
	})
	list := make([]Server, len(at))
	for i, ep := range at {
		list[i] = all[ep].Server
	}
	return list
}

// twin is the same port of the other loopback address.
func twin(ep netip.AddrPort) netip.AddrPort {
	if ep.Addr() == loopback[0] {
		return netip.AddrPortFrom(loopback[1], ep.Port())
	}
	return netip.AddrPortFrom(loopback[0], ep.Port())
}

// table is the table that this Scanner works with.
func (s *Scanner) table() []kind {
	if s.replaced.kinds != nil {
		return s.replaced.kinds
	}
	return table()
}

// patient is for one question and its answer.
func (s *Scanner) patient() time.Duration { return cmp.Or(s.replaced.patience, scanPatience) }

// silence is how long Scan waits for the next answer.
func (s *Scanner) silence() time.Duration { return cmp.Or(s.replaced.patience, scanSilence) }

// every is how long a list of sockets may be used.
func (s *Scanner) every() time.Duration { return cmp.Or(s.replaced.every, sockets.ListEvery) }

// list lists the sockets that listen.
func (s *Scanner) list() ([]sockets.Socket, error) {
	if s.replaced.sockets != nil {
		return s.replaced.sockets()
	}
	return sockets.List()
}

// self is our own process. What it has at unusual ports is not a server that a person has started.
func (s *Scanner) self() int { return cmp.Or(s.replaced.pid, os.Getpid()) }

// logger is never nil, so that nobody else has to ask.
func (s *Scanner) logger() *slog.Logger {
	if s.Logger != nil {
		return s.Logger
	}
	return slog.New(slog.DiscardHandler)
}
