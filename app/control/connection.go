package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"modelbeam/app"
)

// maxCalls is how many calls may wait to be sent. A person cannot be that quick: the service hangs.
const maxCalls = 64

// connection is a client's end of one session.
type connection struct {
	conn     net.Conn
	lines    *reader
	codeApps []app.CodeApp
	out      chan message
	leaving  chan struct{} // closed when we go
	done     chan struct{} // closed when the connection has ended

	mu      sync.Mutex // guards what follows
	last    uint64     // ID of a call
	pending map[uint64]func(json.RawMessage)
}

// connect says hello to the service of the state folder dir. It returns nil without an error when another
// window has come to the front. The error is ErrNotRunning, a *VersionError or an *OwnerError, or it says
// what else went wrong.
func connect(ctx context.Context, dir string, role Role, events bool) (*connection, error) {
	conn, err := dial(ctx, dir)
	if err != nil {
		return nil, err
	}
	c := &connection{
		conn: conn, lines: newReader(conn, maxState),
		out: make(chan message, maxCalls), leaving: make(chan struct{}), done: make(chan struct{}),
		pending: make(map[uint64]func(json.RawMessage)),
	}
	w, err := c.greet(ctx, hello{Protocol: protocol, Version: app.Version, Role: role, Events: events})
	if err != nil || w.Shown {
		_ = conn.Close()
		return nil, err
	}
	c.codeApps = w.CodeApps
	return c, nil
}

func (c *connection) greet(ctx context.Context, h hello) (w welcome, err error) {
	defer context.AfterFunc(ctx, func() { _ = c.conn.Close() })()
	_ = c.conn.SetDeadline(time.Now().Add(helloWithin))
	if err := writeLine(c.conn, h); err != nil {
		return w, whileEnding(fmt.Errorf("greet the service: %w", err))
	}
	if err := c.lines.read(&w); err != nil {
		return w, whileEnding(fmt.Errorf("the Modelbeam that is running does not answer: %w", err))
	}
	if w.Protocol != protocol && h.Role != RoleStop {
		return w, &VersionError{Service: w.Version, Ours: h.Version}
	}
	if w.Full {
		return w, errFull
	}
	return w, c.conn.SetDeadline(time.Time{})
}

// whileEnding makes an error ErrNotRunning too when the service has closed the connection: who comes while it ends
// can still be let in, and is sent away without the answer that every session begins with.
func whileEnding(err error) error {
	if errno := syscall.Errno(0); errors.Is(err, io.EOF) || errors.As(err, &errno) {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	return err
}

// run hands what the service sends to receive, and sends calls, until the connection or ctx ends. It reports
// whether the service said goodbye.
func (c *connection) run(ctx context.Context, receive func(message)) (bye bool) {
	var writer sync.WaitGroup
	writer.Go(c.write)
	defer c.unanswered()
	defer writer.Wait()
	defer close(c.done)
	defer c.conn.Close()
	defer context.AfterFunc(ctx, c.leave)()
	for {
		var m message
		if c.lines.read(&m) != nil {
			return false
		}
		switch {
		case m.Bye:
			return true
		case m.Result != nil:
			c.answered(m)
		default:
			receive(m)
		}
	}
}

// leave has the connection end once the calls so far are sent: the service is to know that a window was closed, and
// did not just end. One that hangs is not waited for.
func (c *connection) leave() {
	_ = c.conn.SetWriteDeadline(time.Now().Add(farewell))
	close(c.leaving)
}

func (c *connection) write() {
	for {
		select {
		case m := <-c.out:
			if writeLine(c.conn, m) != nil {
				_ = c.conn.Close() // ends run too
				return
			}
		case <-c.leaving:
			c.writeRest()
			_ = c.conn.Close()
			return
		case <-c.done:
			return
		}
	}
}

// writeRest writes the calls that wait to be sent.
func (c *connection) writeRest() {
	for {
		select {
		case m := <-c.out:
			if writeLine(c.conn, m) != nil {
				return
			}
		default:
			return
		}
	}
}

// call sends a call; it does not wait. answered, unless nil, gets the result on run's goroutine. It reports
// whether the call is on its way.
func (c *connection) call(name string, answered func(json.RawMessage), args ...any) bool {
	m := message{Call: name}
	for _, arg := range args {
		encoded, err := json.Marshal(arg)
		if err != nil {
			return false // no argument of ours is like that
		}
		m.Args = append(m.Args, encoded)
	}
	if answered != nil {
		if m.ID = c.expect(answered); m.ID == 0 {
			return false
		}
	}
	select {
	case c.out <- m:
		return true
	default:
		c.mu.Lock()
		delete(c.pending, m.ID) // who calls is told at once
		c.mu.Unlock()
		return false
	}
}

// expect notes who wants a result, and returns the call's ID; 0 when the connection has ended.
func (c *connection) expect(answered func(json.RawMessage)) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending == nil {
		return 0
	}
	c.last++
	c.pending[c.last] = answered
	return c.last
}

// unanswered tells those who wait for a result that there will be none.
func (c *connection) unanswered() {
	c.mu.Lock()
	pending := c.pending
	c.pending = nil
	c.mu.Unlock()
	for _, tell := range pending {
		tell(nil)
	}
}

func (c *connection) answered(m message) {
	c.mu.Lock()
	tell := c.pending[m.ID]
	delete(c.pending, m.ID)
	c.mu.Unlock()
	if tell != nil {
		tell(m.Result)
	}
}
