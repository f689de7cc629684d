// Package kept keeps answers that a client has named, so that they can be picked up again: a phone that
// is locked or changes its network loses all its connections, and the model goes on thinking.
//
// An Answer is written once, by the request that asked for it, and followed by any number of clients.
// What becomes of it:
//
//	          Begin              End(true)
//	waiting ---------> running ------------> whole    the answer came to its end
//	   |                  |
//	   |                  |      End(false)
//	   +------------------+----------------> cut off  it ended before the length that its header told,
//	                                                  or there never was a header
//
// Beside that, who is there for it decides how long it goes on. While the first client, the one that
// asked, is there alone, it may grow without bound: it is then dropped, which means that nothing is kept
// any more, and is an answer like any other. When nobody is there it goes on for a limited time, and is
// ended when it grows too long to be kept:
//
//	first client ----leaves----> nobody ---Join---> followers ---the last leaves---> nobody
//	     |                         |
//	more than maxKept         limit is over, or more than maxKept
//	     |                         |
//	  dropped                 Origin.Cancel
//
// The Shelf holds the answers that can be asked for. It removes those that are over after a while, and
// the oldest of them when there are too many.
package kept

import (
	"context"
	"sync"
	"time"

	"modelbeam/tunnel/fault"
)

// maxKept bounds what is kept of one answer: 4 MiB is a hundred times the longest that models give.
const maxKept = 4 << 20

// Origin is the request that an answer is to, as far as the answer can act on it.
type Origin struct {
	Context context.Context         // ends when the request is ended for a reason
	Cancel  context.CancelCauseFunc // ends the server's work
	Hurry   func()                  // makes the first client read at once or be taken for gone
}

// Answer is one answer and everything that was sent of it. All methods may be called from any
// goroutine.
type Answer struct {
	limit time.Duration // how long it goes on with nobody there

	mu      sync.Mutex // guards what follows; never held while something is written
	origin  *Origin    // nil when the answer is over
	status  int        // 0 before the header
	kind    string     // Content-Type
	data    []byte
	state   state
	changed chan struct{} // closed when anything of the above changes; nil while nobody waits
	clients int           // who are there, the first one among them
	first   bool          // the client that asked is still there
	alone   *time.Timer   // runs while nobody is there; nil otherwise
	dropped bool          // it became too long to be kept

	key   Key    // guarded by Shelf.mu, as is
	order uint64 // when it came onto the shelf
}

type state uint8

const (
	running state = iota // or waiting for its header, while status is 0
	whole                // it ended as it should, or with an error in it
	cutOff               // it ended before the length that its header told
)

// New begins the answer to a request whose client is there. It goes on for limit when nobody is.
func New(o Origin, limit time.Duration) *Answer {
	return &Answer{origin: &o, limit: limit, clients: 1, first: true}
}

// Begin notes the header, once.
func (a *Answer) Begin(status int, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.status == 0 {
		a.status, a.kind = status, kind
		a.tell()
	}
}

// add keeps what is sent. What becomes too long goes on like any other answer, for the client that
// asked and no longer.
func (a *Answer) add(p []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	lastWords := a.origin != nil && a.origin.Context.Err() != nil // they have room in any case
	switch {
	case a.dropped:
	case len(a.data)+len(p) <= maxKept || lastWords:
		a.data = append(a.data, p...)
	case a.first && a.clients == 1:
		a.dropped, a.data = true, nil
	default:
		a.cancel(fault.AnswerTooLong)
	}
	a.tell()
}

// tell wakes up who waits. The caller holds a.mu.
func (a *Answer) tell() {
	if a.changed != nil {
		close(a.changed)
		a.changed = nil
	}
}

// wait returns what is closed with the next change. The caller holds a.mu.
func (a *Answer) wait() <-chan struct{} {
	if a.changed == nil {
		a.changed = make(chan struct{})
	}
	return a.changed
}

// End notes that nothing more comes.
func (a *Answer) End(isWhole bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state, a.origin = cutOff, nil
	if isWhole {
		a.state = whole
	}
	a.notAlone()
	a.tell()
}

func (a *Answer) isOver() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state != running
}

// Clients is how many are there for the answer, the one that asked among them.
func (a *Answer) Clients() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.clients
}

// ClientLeft is to be called when the client that asked has gone, any number of times.
func (a *Answer) ClientLeft() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.first {
		a.first = false
		a.oneLess()
	}
}

// join adds a client that follows. It reports false when there is nothing to follow any more.
func (a *Answer) join() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dropped {
		return false
	}
	a.clients++
	a.notAlone()
	return true
}

// leave is for a client that joined.
func (a *Answer) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.oneLess()
}

// oneLess counts a client down. The caller holds a.mu.
func (a *Answer) oneLess() {
	a.clients--
	switch {
	case a.clients > 0 || a.state != running:
	case a.dropped:
		a.cancel(context.Canceled)
	default:
		a.alone = time.AfterFunc(a.limit, a.Stop)
	}
}

// notAlone stops the time that an answer has with nobody there. The caller holds a.mu.
func (a *Answer) notAlone() {
	if a.alone != nil {
		a.alone.Stop()
		a.alone = nil
	}
}

// Stop ends the server's work.
func (a *Answer) Stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cancel(context.Canceled)
}

// cancel ends the server's work for a reason. The caller holds a.mu.
func (a *Answer) cancel(why error) {
	if a.origin != nil {
		a.origin.Cancel(why)
	}
}
