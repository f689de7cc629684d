package tunnel

import (
	"log/slog"
	"net/http"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/relay"
)

// asked is what a request asks for, and for whom. It is made once, by read, and handed down.
type asked struct {
	route  *route
	device Device
	body   *body.Payload
	model  body.Located // as it stands in the request; its Value is empty where none stands
}

// forward sends a request to the server that has its model and the answer back. It is five calls, each in
// a file of its own; what the next one needs is what the one before has returned.
func (g *Gateway) forward(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)

	// The head and the whole body, looked through: no server gets a byte of what has not been seen.
	q, err := g.read(r, c)
	defer closeSpool(g.log, "body", q.body.Close)
	if err != nil {
		g.refuse(w, r, err)
		return
	}

	// The servers that have the model, and the request in the form that the first of them takes.
	targets, f := g.choose(r, c, q)
	if f != nil {
		fail(w, r, f)
		return
	}
	if q.unloads() {
		serveUnloaded(w, q, targets[0])
		return
	}

	g.deliver(w, r, c, q, targets)
}

// deliver is the rest of forward, for what goes to a server. It is a part of its own because a stream spends
// its life in it: what only the beginning needs takes no room on the stack then.
func (g *Gateway) deliver(w http.ResponseWriter, r *http.Request, c *call, q *asked, targets []catalog.Target) {
	// Where the answer goes: to the client, and onto the shelf if the client has named it.
	to, f := g.keep(w, r, c)
	if f != nil {
		fail(w, r, f)
		return
	}
	defer to.close()

	// A guest's request is taken off the pass. This comes last: it writes to a file, and what is refused
	// must cost nothing.
	ticket, f := g.quota.charge(c, q)
	if f != nil {
		fail(w, r, f)
		return
	}

	g.started(c)
	request := q.request(c, targets, func(t catalog.Target) bool { return g.chooser.aim(&g.calls, c, t) })
	defer closeSpool(g.log, "translated body", request.Close)
	defer func() { ticket.settle(request.Failed()) }()
	defer func() {
		if c.left = request.Left(); request.Code() != "" {
			c.fails(request.Code())
		}
	}()
	g.relay.Serve(to.w, to.r, request)
	to.whole = true
}

// request is what the relay is to know.
func (q *asked) request(c *call, targets []catalog.Target, aim func(catalog.Target) bool) *relay.Request {
	return &relay.Request{
		Path: q.route.path, Dialect: q.route.dialect, Generates: q.route.generates,
		Targets: targets, Body: q.body, Protocols: c.protocols, Tokens: &c.tokens,
		Aim: aim, End: c.cancel,
	}
}

// refuse answers a request that will not be forwarded.
func (g *Gateway) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f := g.laptop.Refusal(r.Context(), err)
	if f == nil {
		w.WriteHeader(fault.StatusClientGone) // nobody reads it
		return
	}
	if f.Code == "no_space" {
		g.log.Error("forward", "error", err)
	}
	fail(w, r, f)
}

// closeSpool gives back what a request has taken, and logs where that fails.
func closeSpool(log *slog.Logger, what string, give func() error) {
	if err := give(); err != nil {
		log.Warn("close spool", "of", what, "error", err)
	}
}
