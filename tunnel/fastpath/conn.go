package fastpath

import (
	"context"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// smallRoom is what a head and a short body fit into, largeRoom a head and a long chat. What is longer is net/http's.
	smallRoom = 4 << 10
	largeRoom = 64 << 10
	// bodyTime is how long the rest of a body may take to come: browsers send it in a packet of its own. Who takes
	// longer has a slow network, and nothing to gain here.
	bodyTime = time.Second
)

// What is read of a connection stays in such a buffer until its body was read, and no longer: an answer may take minutes.
var (
	smallRooms = sync.Pool{New: func() any { return new([smallRoom]byte) }}
	largeRooms = sync.Pool{New: func() any { return new([largeRoom]byte) }}
)

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

	room     []byte      // what was read; nil while nothing is in it
	from, to int         // of room: what was read and not taken yet
	deadline time.Time   // of reads
	moved    atomic.Bool // a handler or the watch has set another one
	taken    bool        // by Yield or a Hijack: the connection is somebody else's
}

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

// deepen makes the stack of a new goroutine as deep as answering takes it. By itself it would double three times on the
// way, each time with all that is on it to be moved, while the client of a first request waits. Where there are many
// connections memory counts for more: most of a stack that has grown step by step is given back by and by.
//
//go:noinline
func deepen() byte {
	var room [7 << 10]byte
	return room[time.Now().Nanosecond()%len(room)] // or it would be left out
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
	if c.server.Rests != nil {
		c.server.Rests(c.Conn)
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
func (c *conn) next(wait time.Duration) *exchange {
	if !hasHead(c.came()) {
		if c.room != nil {
			wait = c.server.First // the request has begun to come
		}
		c.arm(wait)
		if !c.read() {
			return nil
		}
	}
	if !c.state.CompareAndSwap(atRest, atWork) {
		return nil
	}
	x := new(exchange)
	h, ok := readHead(c.came(), c.blank, &x.request)
	if !ok || !c.await(h.size+h.body) {
		c.yield()
		return nil
	}
	c.from += h.size
	x.open(c, h.body)
	return x
}

// came is what was read and not taken yet.
func (c *conn) came() []byte { return c.room[c.from:c.to] }

// arm moves the deadline of reads. To move it takes a lock of the runtime, so one that is nearly right stays.
func (c *conn) arm(wait time.Duration) {
	now := time.Now()
	if off := c.deadline.Sub(now.Add(wait)).Abs(); off <= wait/8 && !c.moved.Load() {
		return
	}
	c.moved.Store(false)
	c.deadline = now.Add(wait)
	_ = c.SetReadDeadline(c.deadline)
}

// read reads once, behind what is there already.
func (c *conn) read() bool {
	if c.room == nil {
		c.room = smallRooms.Get().(*[smallRoom]byte)[:]
	}
	if c.from > 0 {
		c.to = copy(c.room, c.came())
		c.from = 0
	}
	n, err := c.Conn.Read(c.room[c.to:])
	c.to += n
	return n > 0 || err == nil
}

// await reads on until n bytes are there. It reports false where that is too many, or takes too long.
func (c *conn) await(n int) bool {
	if c.to-c.from >= n {
		return true
	}
	if n > largeRoom {
		return false
	}
	if n > len(c.room) {
		c.grow()
	}
	c.deadline = time.Now().Add(bodyTime)
	_ = c.SetReadDeadline(c.deadline)
	for c.to-c.from < n {
		if !c.read() {
			return false
		}
	}
	return true
}

// grow takes a large room in the place of a small one.
func (c *conn) grow() {
	large := largeRooms.Get().(*[largeRoom]byte)[:]
	n := copy(large, c.came())
	c.free()
	c.room, c.from, c.to = large, 0, n
}

// push puts bytes that were read elsewhere behind what is there. There is room for them: nothing has come since.
func (c *conn) push(came []byte) {
	if len(came) == 0 {
		return
	}
	if c.room == nil {
		c.room = smallRooms.Get().(*[smallRoom]byte)[:]
	}
	c.to += copy(c.room[c.to:], came)
}

// free gives the room back.
func (c *conn) free() {
	switch len(c.room) {
	case smallRoom:
		smallRooms.Put((*[smallRoom]byte)(c.room))
	case largeRoom:
		largeRooms.Put((*[largeRoom]byte)(c.room))
	}
	c.room, c.from, c.to = nil, 0, 0
}

// yield hands the connection over, with what has come.
func (c *conn) yield() {
	came := append([]byte(nil), c.came()...)
	c.taken = c.server.Yield(c.Conn, came)
}

// answer has a request answered. It reports false where the connection ends with that.
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
	x.body.discard()
	left := c.watch.stop()
	return x.response.finish() && !left
}
