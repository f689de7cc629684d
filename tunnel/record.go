package tunnel

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"modelbeam/tunnel/admission"
	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/fault"
)

// Exchange is one request and its answer, as Observe gets it: once with Ended false, as soon
// as the server and the model are known, and once with Ended true. A request that fails
// before that is reported twice in a row at its end, so that begins and ends always match.
type Exchange struct {
	ID     uint64
	Ended  bool
	Time   time.Time // when the request came in
	Method string
	Path   string // as forwarded: without key and query
	Device Device // zero when the key was missing or wrong
	// Server is the Server.ID; empty for what the gateway answers itself. At the end it is the
	// one that answered, which is another than at the beginning when that could not be reached.
	Server   string
	Model    string
	Works    bool // the server works for it: it does more than tell what there is
	Status   int  // of the answer; 499 when the client went away
	Duration time.Duration
	Bytes    int64 // of the answer's body, so far
	Remote   netip.Addr
	Local    netip.Addr // our own address that the device used; not valid where it is not known
	// Tokens are those of the answer so far and PromptTokens those of what was asked, as the
	// server counts them. Before it tells, and where it never does, Tokens are the pieces of text
	// that came, which are tokens for nearly all servers, and PromptTokens is 0.
	PromptTokens, Tokens int
}

// record is the outermost step: it starts the request's call, counts what is answered and
// tells Observe.
func (g *Gateway) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		admission.Begin(r.Context())
		c := newCall(w, r, g.timing.write)
		c.response.arm() // the last request's deadline may have passed, and net/http may have to say 100 Continue
		g.calls.add(c)
		r = r.WithContext(c.ctx) // a copy: net/http looks at the body of its own
		c.upload.replaceBody(r)
		g.handle(c, r, next)
	})
}

// handle has c answered by the next step, and deals with what is left of its body.
func (g *Gateway) handle(c *call, r *http.Request, next http.Handler) {
	defer g.finish(c) // also when the handler panics to cut the connection
	if !r.ProtoAtLeast(1, 1) && !slices.Contains(reads, r.Method) {
		// There may have been a Transfer-Encoding, which makes the framing faulty (RFC 9112 section 6.1):
		// net/http takes it out of the head and ignores it.
		c.response.Header().Set("Connection", "close")
	}
	next.ServeHTTP(c.response, r)
	c.drain(r, g.timing.drain, 2*g.MaxBody)
	c.served = true
}

// started tells Observe that c has begun, once.
func (g *Gateway) started(c *call) {
	if c.report && g.calls.report(c) && g.Observe != nil {
		g.Observe(c.exchange())
	}
}

func (g *Gateway) finish(c *call) {
	gone := context.Cause(c.ctx)
	g.started(c)
	if c.expiry != nil {
		c.expiry.Stop()
	}
	g.calls.remove(c)
	g.remember(c)
	c.cancel(nil)
	c.response.settle()
	c.abandon()
	if g.Observe == nil || !c.report {
		return
	}
	e := c.exchange()
	e.Ended = true
	// A client may be gone because it has all that it wanted.
	left := errors.Is(gone, context.Canceled) && !c.served
	if left || c.left || c.response.err != nil && !c.resumable {
		e.Status = fault.StatusClientGone
	}
	g.Observe(e)
}

// Running returns the requests that are under way now, as they stand: those that Observe was told
// of, or would have been.
func (g *Gateway) Running() []Exchange {
	return g.calls.running()
}

// Busy reports whether there are any of Running. It costs next to nothing, however many there are.
func (g *Gateway) Busy() bool { return g.calls.hasBegun() }

// remember notes what came of c's request, for whoever looks for a phone that cannot connect.
func (g *Gateway) remember(c *call) {
	if kind, detail := c.outcome(); kind != "" {
		g.note(c, kind, detail)
	}
}

// note tells the ledger what came of c.
func (g *Gateway) note(c *call, kind contact.Kind, detail string) {
	g.contacts.Note(contact.Contact{Kind: kind, Peer: c.remote, Local: c.local, Device: c.device.ID, Detail: detail})
}

// longWait is how long a client waits without a byte of an answer until it is no whim that it leaves: a person presses
// Stop within seconds, and an app gives up after a minute. Between shortWait and that it may be either.
const (
	shortWait = 2 * time.Second
	longWait  = 10 * time.Second
)

// outcome is what came of c. It is "" for what says nothing about a phone's connection beyond that it asked, and for
// what a step has noted itself.
func (c *call) outcome() (kind contact.Kind, detail string) {
	status := int(c.response.status.Load())
	switch {
	case c.failed != nil:
		return c.refused(*c.failed)
	case c.device.ID == "", c.route != nil && c.route.path == pairPath:
		return "", ""
	case status == 0, status == fault.StatusClientGone:
		switch waited := time.Since(c.began); {
		case waited < shortWait:
			return "", ""
		case waited < longWait:
			return contact.Failed, contact.LeftEarly
		}
		return contact.Failed, "left"
	case status >= http.StatusBadRequest: // a server's own
		return contact.Failed, "status-" + strconv.Itoa(status)
	}
	return contact.Served, ""
}

// refusals are the codes that have a kind of their own.
var refusals = map[fault.Code]contact.Kind{
	"peer_not_allowed": contact.Distant, "removed": contact.RemovedKey,
	"code_wrong": contact.BadCode, "code_expired": contact.OldCode, "code_used": contact.UsedCode,
}

// refused is outcome for a request that got an error of ours.
func (c *call) refused(code fault.Code) (kind contact.Kind, detail string) {
	pairs := c.route != nil && c.route.path == pairPath
	kind, own := refusals[code]
	switch {
	case own:
		return kind, ""
	case pairs && code == "too_many_tries":
		return contact.BadCode, string(code)
	case c.device.ID != "" || pairs || c.keys != nil && code == "devices_unreadable":
		return contact.Failed, string(code)
	case code == "invalid_api_key" && len(c.keys) == 0:
		return contact.NoKey, ""
	case code == "invalid_api_key", code == "too_many_tries" && len(c.keys) > 0:
		return contact.BadKey, ""
	}
	return "", ""
}

// Contacts returns what other machines have tried at this gateway of late, newest first, at most 64: one for each peer,
// kind and own address. Package contact says what is ordinary among them. Of who is not near there is but that:
// whatever it tried, it is refused.
func (g *Gateway) Contacts() []contact.Contact {
	return slices.DeleteFunc(g.contacts.Recent(), func(c contact.Contact) bool {
		return c.Kind != contact.Distant && c.Peer != c.Local && !g.home.isNear(c.Peer)
	})
}

// Reports returns what paired phones found of late when they looked for this laptop or tested the connection, newest
// first, at most 32.
func (g *Gateway) Reports() []contact.Report { return g.reports.Recent() }

// fail answers with f in the dialect of the request.
func fail(w http.ResponseWriter, r *http.Request, f *fault.Failure) {
	c := callOf(r)
	c.fails(f.Code)
	f.Write(w, r, c.dialect())
}
