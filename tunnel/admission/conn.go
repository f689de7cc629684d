package admission

import (
	"container/list"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/socket"
)

// Listen returns l with every connection taken in by d. Whoever serves them calls ConnContext for each, and Rests or,
// where it is an http.Server, ConnState.
func (d *Desk) Listen(l net.Listener) net.Listener { return listener{l, d} }

type listener struct {
	net.Listener
	desk *Desk
}

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			l.desk.relieve() // http.Server tries again
		}
		return nil, err //nolint:wrapcheck // http.Server looks at it
	}
	c := &Conn{Conn: socket.Wrap(conn), desk: l.desk, prefixes: prefixesOf(conn.RemoteAddr()), since: time.Now(), reading: true, came: contact.Silent}
	l.desk.enter(c)
	return c, nil
}

// Conn is a connection that a Desk has let in.
type Conn struct {
	net.Conn
	desk     *Desk
	prefixes []netip.Prefix
	since    time.Time    // when it was accepted
	known    atomic.Bool  // a key was shown
	greeted  bool         // the first bytes have come; belongs to Read
	again    []byte       // what Read is to give once more; belongs to Read
	until    atomic.Int64 // the deadline of writes, in nanoseconds since 1970; 0: none
	moved    atomic.Bool  // the deadline of reads is not the one that was asked for; until Rests

	place   *list.Element // guarded by desk.mu, like all that follows; nil: not counted
	weight  int
	reading bool // a head is awaited, or coming

	came   contact.Kind // what came of it so far: Silent, Garbage, Secure or Asked
	detail string       // of came
}

func (c *Conn) in(p netip.Prefix) bool {
	for _, own := range c.prefixes {
		if own == p {
			return true
		}
	}
	return false
}

func (c *Conn) spared() bool {
	return c.weight <= ownWeight+smallHead*byteWeight && time.Since(c.since) < grace
}

// Read implements net.Conn.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.again) > 0 {
		n := copy(p, c.again)
		if c.again = c.again[n:]; len(c.again) == 0 {
			c.again = nil // and its memory
		}
		return n, nil
	}
	n, err := c.Conn.Read(p)
	if c.known.Load() || n == 0 {
		return n, err
	}
	if !c.greeted {
		c.greeted = true
		c.desk.greet(c, p[:n])
		if isTLS(p[:n]) {
			return 0, c.refuseTLS()
		}
	}
	c.desk.grew(c, n)
	return n, err
}

// SetReadDeadline implements net.Conn. Without a key there is always a deadline, and none is far away.
func (c *Conn) SetReadDeadline(t time.Time) error {
	if c.known.Load() {
		return c.Conn.SetReadDeadline(t)
	}
	now := time.Now()
	switch latest := now.Add(idle); {
	case t.IsZero():
		t = now.Add(patience)
	case t.After(latest):
		t = latest
	}
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn. To move a deadline takes locks and a timer of the runtime, and every
// request moves it to be just as far away as before: one that is nearer by no more than an eighth stays.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	next, last := int64(0), c.until.Load()
	if !t.IsZero() {
		next = t.UnixNano()
	}
	if left := time.Until(t); last != 0 && next >= last && time.Duration(next-last) <= left/8 {
		return nil
	}
	c.until.Store(next)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// CloseWrite tells the other end that nothing more comes, where the connection can.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Close implements net.Conn.
func (c *Conn) Close() error {
	c.desk.end(c)
	return c.Conn.Close()
}

// admit takes c out of what the Desk counts.
func (c *Conn) admit() {
	if c.known.Swap(true) {
		return
	}
	c.desk.leave(c)
	c.moved.Store(true)
	_ = c.Conn.SetReadDeadline(time.Time{})
}

// dismiss lets c count again.
func (c *Conn) dismiss() {
	if c.known.Swap(false) {
		c.moved.Store(true) // it may be further away than is good for nobody's
		c.desk.enter(c)
		c.desk.turn(c, false) // what comes now is a body
	}
}

type connKey struct{}

// ConnContext is for http.Server.ConnContext: Begin and Admit find the connection by it.
func (d *Desk) ConnContext(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// ConnState is for http.Server.ConnState.
func (d *Desk) ConnState(conn net.Conn, state http.ConnState) {
	if state == http.StateIdle {
		d.Rests(conn)
	}
}

// Rests says that a request was answered on a connection, which waits for another one. It reports whether the deadline
// of reads was moved here meanwhile: who sets one only where it has to change sets it anew then.
func (d *Desk) Rests(conn net.Conn) (moved bool) {
	c, ok := conn.(*Conn)
	if !ok {
		return false
	}
	if !c.known.Load() {
		d.turn(c, true)
	}
	return c.moved.Load() && c.moved.Swap(false)
}

// Begin says that the request with the context ctx was read and is being answered. It does nothing
// for one whose connection no Desk has let in.
func Begin(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*Conn); ok && !c.known.Load() {
		c.desk.turn(c, false)
	}
}

// Admit says that the request with the context ctx showed a key that is good: its connection may
// stay from now on, until Dismiss. It is called while the request is answered, and nothing reads its
// body.
func Admit(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*Conn); ok {
		c.admit()
	}
}

// Dismiss says that the request with the context ctx showed no key that is good, where one is needed:
// its connection is nobody's again, such as one of a device that was removed.
func Dismiss(ctx context.Context) {
	if c, ok := ctx.Value(connKey{}).(*Conn); ok {
		c.dismiss()
	}
}

func (c *Conn) peer() netip.Addr { return peerOf(c.RemoteAddr()).WithZone("") }

// peerOf is the address of an end of a connection; not valid for one that is no network's.
func peerOf(end net.Addr) netip.Addr {
	tcp, ok := end.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap()
}
