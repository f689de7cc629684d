// Package relay takes a request to a server that has its model and brings the answer back: as a stream,
// event by event, with an end that the client understands whatever becomes of the server.
//
// On the way there (the first file says what a request is made of):
//
//	request     what the relay is told of a request, and what it tells afterwards
//	headers     which headers a server sees, and which of a server's reach a browser
//	failover    which server is asked, and which one when that one cannot be reached
//	attempt     one sending of a request to one server, which can be given up
//	direct      what goes out: the address, the path, the Host and the key of a server
//	redirect    where a server sends a request on itself
//	translate, show, unstream, emptytools: the body as the server understands it
//	loaded      asks on our own account which models a server has loaded
//
// On the way back:
//
//	answer      the order of the steps
//	assess      whether the server did anything; words for a server that lacks the path
//	pieces      the answer's pieces kept whole
//	brokeoff    what a client is told of a server that failed, also in the middle of an answer
//	copy        the body, each piece as it comes, with no buffer while there is none
//	upgrade     a connection that becomes a WebSocket
//	client      who gets the answer, one thing at a time
//	silence     something to hear for a phone while the server has nothing to say
package relay

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// Options are what a Relay needs to know.
type Options struct {
	Transport http.RoundTripper       // the connections to servers
	Catalog   func() *catalog.Catalog // the newest one
	Room      *body.Room              // for bodies in other words
	Laptop    fault.Laptop
	Log       *slog.Logger
	// ServerWantsKey is called with a server that refused a request for a model because a key of its own,
	// or a sign-in, is missing or wrong. It must return at once. Optional.
	ServerWantsKey func(serverID, model string)

	OpenAfter time.Duration // silence after which an event stream is opened here; zero: 10 s
	PingAfter time.Duration // silence in an open event stream before a comment is sent; zero: 10 s
}

const usualSilence = 10 * time.Second

// Relay asks servers. Its methods may be called from any goroutine.
type Relay struct {
	Options

	attempts attempts
	large    chan struct{} // room for one large body that is being put into other words
}

// New makes a Relay.
func New(o Options) *Relay {
	o.OpenAfter = cmp.Or(o.OpenAfter, usualSilence)
	o.PingAfter = cmp.Or(o.PingAfter, usualSilence)
	return &Relay{Options: o, large: make(chan struct{}, 1)}
}

// Serve sends r, which q is about, to the first of q's targets and the answer to w. It panics with
// http.ErrAbortHandler to cut an answer short whose client can only tell its end from the connection's.
func (l *Relay) Serve(w http.ResponseWriter, r *http.Request, q *Request) {
	q.ctx = r.Context()
	q.target, q.others = q.Targets[0], q.Targets[1:]
	c := l.newClient(w, r, q)
	defer c.finish()
	if q.Generates && q.Dialect != dialect.Ollama {
		c.watch()
	}
	res, err := l.fetch(r, c)
	if err == nil {
		q.Body.Release() // any answer is final
		err = l.give(c, res)
	}
	if err != nil {
		l.fail(c, err)
	}
}

// Changed lets requests go on elsewhere that wait for the first byte of a server which is not in the
// catalog any more, where another one has the model: one that hangs would be waited for without end.
func (l *Relay) Changed() { l.attempts.giveUp(l.Catalog()) }
