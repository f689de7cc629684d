package relay

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"sync"
	"sync/atomic"

	"modelbeam/tunnel/catalog"
)

// errLeft is how an attempt ends whose server has left the catalog while another one has the model.
var errLeft = errors.New("server has left while the request waited")

// attempt is one sending of a request to one server.
type attempt struct {
	target catalog.Target
	others []catalog.Target // who has the same model
	client *client          // gets the informational answers
	stop   context.CancelCauseFunc
	trace  httptrace.ClientTrace
	state  atomic.Int32
}

// The states of an attempt. It leaves waiting once, for one of the others.
const (
	waiting  = iota // for the first byte of an answer
	answered        // it came: this server's answer is final
	left            // the server is given up
)

// begin returns the context of an attempt. The body of an answer is read under it, so that it ends with the
// request's and not before; on its own it ends only for another server, where there is one.
func (a *attempt) begin(ctx context.Context) context.Context {
	a.trace.Got1xxResponse = a.inform
	if len(a.others) > 0 {
		a.trace.GotFirstResponseByte = a.answer
		ctx, a.stop = context.WithCancelCause(ctx)
	}
	return httptrace.WithClientTrace(ctx, &a.trace)
}

// inform passes an informational answer on. A transport may call it from another goroutine, and after the
// attempt is over.
func (a *attempt) inform(code int, h textproto.MIMEHeader) error {
	a.client.inform(a, code, http.Header(h))
	return nil
}

// answer notes the first byte of an answer.
func (a *attempt) answer() { a.state.CompareAndSwap(waiting, answered) }

func (a *attempt) isAnswered() bool { return a.state.Load() == answered }
func (a *attempt) isLeft() bool     { return a.state.Load() == left }

// leave ends the attempt unless an answer has begun.
func (a *attempt) leave() {
	if a.state.CompareAndSwap(waiting, left) {
		a.stop(errLeft)
	}
}

// isLost reports whether the attempt's server is gone from the catalog, and another one there to take
// over.
func (a *attempt) isLost(now *catalog.Catalog) bool {
	return !now.Has(a.target) && slices.ContainsFunc(a.others, now.Has)
}

// attempts are those under way that another server could take over. The zero value is ready.
type attempts struct {
	mu  sync.Mutex
	all map[*attempt]struct{}
}

func (s *attempts) add(a *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[*attempt]struct{})
	}
	s.all[a] = struct{}{}
}

func (s *attempts) remove(a *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, a)
}

// giveUp ends those that are lost.
func (s *attempts) giveUp(now *catalog.Catalog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a := range s.all {
		if a.isLost(now) {
			a.leave()
		}
	}
}
