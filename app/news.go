package app

import (
	"log/slog"
	"maps"
	"net/netip"
	"sync"
	"time"

	"modelbeam/app/feed"
)

// news is what all parts report to: that the State has changed, that something happened, that
// something is wrong. It calls nobody with its lock held, and anybody may call it.
type news struct {
	log     *slog.Logger
	states  feed.Values[State]
	journal feed.Journal[Event]

	mu       sync.Mutex // guards what follows
	problems problems
}

// problems are what is wrong, by kind.
type problems map[ProblemKind]*Problem

// worst is the most important one, or nil.
func (p problems) worst() *Problem {
	for _, kind := range byImportance {
		if p[kind] != nil {
			return p[kind]
		}
	}
	return nil
}

func newNews(log *slog.Logger) *news { return &news{log: log, problems: make(problems)} }

// changed tells everybody who watches that the State may be another one.
func (n *news) changed() { n.states.Changed() }

// event tells scripts that something happened.
func (n *news) event(name string, detail any) {
	n.journal.Write(Event{Event: name, Time: time.Now().UTC(), Detail: detail})
}

// early notes a problem that exists before anybody can be told; nil is none.
func (n *news) early(p *Problem) {
	if p == nil {
		return
	}
	n.log.Warn(p.Sentence(), "kind", p.Kind, "error", p.Detail)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.problems[p.Kind] = p
}

// tellEarly sends the events for what went wrong before anybody could listen.
func (n *news) tellEarly() {
	for _, p := range n.wrong() {
		n.event("problem", p)
	}
}

// problem sets or, when p is nil, clears the problem of a kind. It is an event when there was none
// of that kind.
func (n *news) problem(kind ProblemKind, p *Problem) {
	n.mu.Lock()
	before := n.problems[kind]
	delete(n.problems, kind)
	if p != nil {
		n.problems[kind] = p
	}
	n.mu.Unlock()
	if p != nil && before == nil {
		n.log.Warn(p.Sentence(), "kind", p.Kind, "error", p.Detail)
		n.event("problem", p)
	}
	n.changed()
}

// clear takes problems of some kinds back.
func (n *news) clear(kinds ...ProblemKind) {
	n.mu.Lock()
	for _, kind := range kinds {
		delete(n.problems, kind)
	}
	n.mu.Unlock()
	n.changed()
}

// wrong returns all problems of this moment.
func (n *news) wrong() problems {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.problems)
}

// cameAround takes back that a device tries https, when that device has found the way.
func (n *news) cameAround(peer netip.Addr) {
	n.mu.Lock()
	p := n.problems[ProblemEncrypted]
	n.mu.Unlock()
	if p != nil && p.Params["Address"] == peer.String() {
		n.problem(ProblemEncrypted, nil)
	}
}
