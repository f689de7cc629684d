package tunnel

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"strconv"

	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/kept"
)

// streamHeader names an answer, by the client's choice, so that it can be picked up again after the
// connection was lost: a phone that is locked or changes its network loses all of them.
const streamHeader = "Modelbeam-Stream"

// streamName is long enough not to be guessed, though it is of no use without its device's key.
var streamName = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// destination is where an answer goes: what to write it to, and the request to forward for it, which may
// go on when its client has left.
type destination struct {
	w     http.ResponseWriter
	r     *http.Request
	whole bool // the answer was given to its end; set before close
	done  func(whole bool)
}

func (d *destination) close() { d.done(d.whole) }

// keep prepares the answer to r: one with a name goes on, and can be picked up again, when its client
// goes away. Without a name, or with more of them than can be kept, nothing changes.
func (g *Gateway) keep(w http.ResponseWriter, r *http.Request, c *call) (*destination, *fault.Failure) {
	name := r.Header.Get(streamHeader)
	r.Header.Del(streamHeader) // none of the server's business
	if !c.route.generates || !streamName.MatchString(name) {
		return &destination{w: w, r: r, done: func(bool) {}}, nil
	}
	client := c.ctx
	leave := g.calls.detach(c) // from here on c.ctx goes on without client
	answer := kept.New(kept.Origin{Context: c.ctx, Cancel: c.cancel, Hurry: func() { g.calls.hurry(c) }}, g.timing.alone)
	isKept, f := g.shelf.Add(kept.Key{Device: c.device.ID, Name: name}, answer)
	switch {
	case f != nil:
		leave(nil)
		return nil, f
	case !isKept:
		stop := context.AfterFunc(client, func() { c.cancel(context.Cause(client)) })
		return &destination{w: w, r: r.WithContext(c.ctx), done: func(bool) { stop(); leave(nil) }}, nil
	}
	c.resumable = true
	stopClosing := context.AfterFunc(servingContext(client), func() { g.calls.cut(c, g.laptop.Stopped()) })
	stopWatching := context.AfterFunc(client, answer.ClientLeft)
	done := func(whole bool) {
		stopClosing()
		stopWatching()
		leave(nil)
		answer.End(whole)
		g.shelf.Expire(answer, g.timing.alone)
	}
	return &destination{w: &kept.Writer{ResponseWriter: w, Answer: answer}, r: r.WithContext(c.ctx), done: done}, nil
}

// streamsPath is where a named answer is picked up (GET) or stopped (DELETE).
const streamsPath = "/streams/{id}"

// serveStream answers GET and DELETE of a named answer, GET from the byte that is asked for. Those of other
// devices are not there.
func (g *Gateway) serveStream(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	answer := g.shelf.Get(kept.Key{Device: c.device.ID, Name: c.streamID})
	if answer == nil {
		fail(w, r, fault.StreamNotFound)
		return
	}
	if r.Method == http.MethodDelete {
		g.shelf.Remove(answer)
		answer.Stop()
		w.WriteHeader(http.StatusNoContent)
		return
	}
	from, err := strconv.ParseUint(cmp.Or(r.URL.Query().Get("from"), "0"), 10, 31)
	if err != nil {
		fail(w, r, fault.StreamShorter)
		return
	}
	if err := answer.Follow(w, r, int(from)); err != nil {
		g.refuse(w, r, err)
	}
}
