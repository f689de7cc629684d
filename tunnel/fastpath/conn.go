package fastpath

import (
	"context"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// bodyTime is how long the rest of a body may take to come: browsers send it in a packet of its own. Who takes longer has
// a slow network, and nothing to gain here.
const bodyTime = time.Second

// The states of a connection. It may be closed from outside while it rests, and not while a request is answered.
const (
	atRest int32 = iota
	atWork
	over
)

// conn is a connection that is served here. It belongs to its goroutine, but for what says otherwise.
type conn struct {
	net.Conn
	server *Server
	state  atomic.Int32
	end    context.CancelFunc // ends the context of its requests
	blank  *http.Request      // what all of them begin as
	watch  watch

	room
	deadline time.Time   // of reads
	moved    atomic.Bool // somebody else has set another one: a handler, the watch, who admits connections
	blanks   int         // how many line ends may still come before the next request and be none of it
	taken    bool        // by Yield or a Hijack: the connection is somebody else's
}

// newConn prepares what all requests of a connection share, so that none has to make it: their context, which is that of
// the connection, since it ends when the client leaves, and the address of the other end in words.
func newConn(s *Server, accepted net.Conn) *conn {
	c := &conn{Conn: accepted, server: s}
	ctx, end := context.WithCancel(s.Context(accepted))
	c.end = end
	request := http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: accepted.RemoteAddr().String()}
	c.blank = request.WithContext(ctx)
	c.watch.conn = c
	return c
}

// serve has requests answered until there are no more.
func (c *conn) serve() {
	defer c.server.drop(c)
	defer c.finish()
	for wait := c.server.First; !c.server.closing.Load(); wait = c.server.Idle { // whoever sets that looks at all states afterwards
		x := c.next(wait)
		if x == nil || !c.answer(x) {
			return
		}
		c.rest()
	}
}

// finish ends what belongs to the connection, and closes it unless it is somebody else's.
func (c *conn) finish() {
	c.free()
	c.end()
	if !c.taken {
		_ = c.Close()
	}
}

// rest has the connection wait for another request.
func (c *conn) rest() {
	if c.server.Rests != nil && c.server.Rests(c.Conn) {
		c.moved.Store(true)
	}
	c.state.Store(atRest)
}

// leaveIfAtRest closes a connection that no request is under way on. It may be called from any goroutine.
func (c *conn) leaveIfAtRest() {
	if c.state.CompareAndSwap(atRest, over) {
		_ = c.Close()
	}
}

// next waits for a request. It returns nil where none comes, and where what comes is for net/http.
//
// A head has to come in one piece. One that does not is rare, a client that sends it byte by byte is not well meant, and
// net/http has the deadlines and bounds for it.
func (c *conn) next(wait time.Duration) *exchange {
	if !c.begins(wait) {
		return nil
	}
	if !c.state.CompareAndSwap(atRest, atWork) {
		return nil // it was closed in this moment: the client sees that, and asks again
	}
	x := new(exchange)
	h, ok := readHead(c.came(), c.blank, &x.request)
	if !ok || !c.await(h.size+h.body) {
		c.yield()
		return nil
	}
	if c.blanks = 0; x.request.Method == http.MethodPost {
		c.blanks = mostBlanks // behind its body
	}
	c.from += h.size
	x.open(c, h.body)
	return x
}

// begins waits until there is a head, or at least something that is none.
func (c *conn) begins(wait time.Duration) bool {
	if c.skipBlanks(); hasHead(c.came()) {
		return true
	}
	if len(c.came()) > 0 {
		wait = c.server.First // the request has begun to come
	}
	c.arm(wait)
	for ok := false; !ok; ok = len(c.came()) > 0 {
		if !c.read(c.Conn) {
			return false
		}
		c.skipBlanks()
	}
	return true
}

// mostBlanks is how many bytes of line ends net/http takes for none of the next request: old clients send an empty line
// behind the body of a POST, which its length does not count (RFC 9112 section 2.2).
const mostBlanks = 4

// skipBlanks takes such line ends away.
func (c *conn) skipBlanks() {
	for c.blanks > 0 && len(c.came()) > 0 && (c.space[c.from] == '\r' || c.space[c.from] == '\n') {
		c.blanks--
		if c.from++; c.from == c.to {
			c.free()
		}
	}
	if len(c.came()) > 0 {
		c.blanks = 0
	}
}

// arm moves the deadline of reads. To move it takes a lock of the runtime and a timer, for every request of a quick client,
// so one that is nearly right stays.
func (c *conn) arm(wait time.Duration) {
	now := time.Now()
	if off := c.deadline.Sub(now.Add(wait)).Abs(); off <= wait/16 && !c.moved.Load() {
		return
	}
	c.moved.Store(false)
	c.deadline = now.Add(wait)
	_ = c.SetReadDeadline(c.deadline)
}

// await reads on until n bytes are there. It reports false where that is too many, or takes too long.
func (c *conn) await(n int) bool {
	if c.to-c.from >= n {
		return true
	}
	if n > largeRoom {
		return false
	}
	c.deadline = time.Now().Add(bodyTime) // which is over before anybody else could wonder about it
	_ = c.SetReadDeadline(c.deadline)
	for c.to-c.from < n {
		if !c.read(c.Conn) {
			return false
		}
	}
	return true
}

// yield hands the connection over, with what has come.
func (c *conn) yield() {
	came := append([]byte(nil), c.came()...) // the room is not theirs
	c.free()
	c.taken = c.server.Yield(c.Conn, came)
}

// answer has a request answered. It reports false where the connection ends with that: after a panic, since nobody knows
// how much of an answer is out, and whenever the answer said so.
func (c *conn) answer(x *exchange) (goOn bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
			return
		case http.ErrAbortHandler:
		default:
			c.server.Log.Error("panic", "panic", p, "stack", string(debug.Stack()))
		}
		c.watch.stop()
		goOn = false
	}()
	c.watch.begin(c.to-c.from > x.body.left)
	c.server.Handler.ServeHTTP(&x.response, &x.request)
	x.body.discard() // before stop, which puts what came of the next request where this body stands
	left := c.watch.stop()
	return x.response.finish() && !left
}
