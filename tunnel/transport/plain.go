package transport

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// plain carries requests to servers that speak HTTP/1.1 without TLS, each on the goroutine that asks. The
// connection that an answer has ended on is kept for the next request. Its methods may be called from any goroutine.
type plain struct {
	dial   Dialer
	closed func(address string) // told of addresses whose server has closed a connection that was kept
	pool   pool
}

// carry implements carrier.
func (p *plain) carry(req *http.Request, address string, fresh bool) (*http.Response, bool, error) {
	c, err := p.connect(req.Context(), address, fresh)
	if err != nil {
		closeBody(req)
		return nil, false, err
	}
	t := &trip{conn: c, req: req, pool: &p.pool, fresh: fresh, reused: c.used}
	c.used = true
	t.unwatch = context.AfterFunc(req.Context(), c.abort)
	res, err := t.run()
	if err == nil {
		return res, false, nil
	}
	err = t.fail(err)
	return nil, t.reused && !t.begun, err
}

// connect returns a connection that was kept, unless fresh is true or its server has closed it, or a new one.
func (p *plain) connect(ctx context.Context, address string, fresh bool) (*conn, error) {
	if !fresh {
		if c := p.rested(address); c != nil {
			return c, nil
		}
	}
	c, err := p.dial(ctx, "tcp", address)
	switch {
	case err == nil:
		return newConn(c, address), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !fresh:
		if c := p.rested(address); c != nil { // it has become free meanwhile, at a server that lets nobody new in
			return c, nil
		}
	}
	return nil, err
}

// rested returns a connection that was kept and that its server has not closed, or nil. Where it ends in the very
// next moment, RoundTrip sends the request again.
func (p *plain) rested(address string) *conn {
	for {
		c := p.pool.take(address)
		if c == nil || c.raw == nil || !c.looker.ended(c.raw) {
			return c
		}
		if time.Since(c.rests) < restFor {
			p.closed(address) // early
		}
		_ = c.Close()
	}
}

// trip is one request on one connection, and its answer. It belongs to the goroutine that asks, and then to
// whoever reads the answer. It ends once, with finish or with cut, and the connection is not its own after that.
type trip struct {
	conn    *conn
	req     *http.Request
	pool    *pool
	fresh   bool        // the connection is not kept
	reused  bool        // the connection had served another request
	begun   bool        // a byte of the answer has come
	isOver  atomic.Bool // the pool knows that the answer has ended: somebody may close what has come after a 101 twice
	unwatch func() bool // takes the connection out of the care of the request's context
	upload  *upload     // nil: the request was sent at once

	parsed headReader // what the parser reads
	body   body       // of the answer
	chunks chunks     // its framing, where it has that
}

// run sends the request and reads the head of the answer. A server may answer what it has not read, and close:
// so the answer is read even where sending failed, and what was wrong with sending counts only if there is none.
func (t *trip) run() (*http.Response, error) {
	err := t.send()
	if err != nil && !isNetwork(err) {
		return nil, err
	}
	res, readErr := t.answer()
	if readErr != nil && err != nil {
		return nil, err
	}
	return res, readErr
}

// fail ends the trip after an error and returns what to say: who gave up, or what was wrong with our own
// body, comes first, since the rest comes of it.
func (t *trip) fail(err error) error {
	t.cut()
	if t.upload != nil && t.upload.err != nil && !isNetwork(t.upload.err) {
		err = t.upload.err
	}
	if cause := context.Cause(t.req.Context()); cause != nil {
		err = cause
	}
	return err
}

// cut closes the connection, and waits for what still sends on it.
func (t *trip) cut() {
	t.unwatch()
	_ = t.conn.Close()
	t.over(nil)
	closeBody(t.req)
	if t.upload != nil {
		<-t.upload.done
	}
}

// finish is called with the end of the answer, and keeps the connection for the next request where that is safe.
// keep is false where the server said that it closes the connection, or has ended it. What came beyond the
// answer would be taken for the next one, and a body that is still being sent for the next request.
func (t *trip) finish(keep bool) {
	sent := t.upload == nil || t.upload.isDone()
	if !t.unwatch() || !keep || t.fresh || !sent || t.conn.buffer != nil {
		t.cut()
		return
	}
	closeBody(t.req)
	if !t.over(t.conn) {
		_ = t.conn.Close()
	}
}

// over tells the pool that the answer has ended, if it had begun, and gives it the connection, if there is one to keep.
func (t *trip) over(c *conn) (kept bool) {
	return t.begun && !t.isOver.Swap(true) && t.pool.done(t.conn.address, c)
}

// closeBody closes the body of a request, as a RoundTripper has to.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
