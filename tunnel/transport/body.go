package transport

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// errBodyClosed is what reading a closed body comes to.
var errBodyClosed = errors.New("read answer: it was closed before")

// body is the body of an answer. Read and Wait are for one goroutine; Close may be called from any, and while
// one of them waits.
type body struct {
	trip    *trip
	framing bodyFraming
	keep    bool        // the connection is good for another request once the body was read to its end
	err     error       // what Read returns from the end on; nil before
	over    atomic.Bool // the connection is not the body's any more: whoever sets it gives it back, or closes it
}

// Wait returns when Read would not wait: with an error if that would.
func (b *body) Wait() error {
	for b.err == nil {
		n, err := b.framing.next(b.trip.conn)
		switch {
		case n > 0:
			return nil
		case err != nil:
			b.end(err)
		default:
			b.more()
		}
	}
	return b.err
}

// Ready reports whether Read would not wait, as far as is known without asking the system.
func (b *body) Ready() bool {
	if b.err != nil {
		return true
	}
	n, err := b.framing.next(b.trip.conn)
	if err != nil {
		b.end(err)
	}
	return n > 0 || b.err != nil
}

// more waits for more to come.
func (b *body) more() {
	err := b.trip.conn.fill()
	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		b.keep = false
		b.end(b.framing.cutOff())
	default:
		b.end(fmt.Errorf("read answer: %w", err))
	}
}

// Read implements io.Reader. It gives all that came and has room, also of several chunks, and does not wait for
// more. The end of the body comes with its last bytes where both have come, so that the connection is free
// as soon as it can be.
func (b *body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := b.Wait(); err != nil {
		return 0, err
	}
	total := 0
	for total < len(p) && b.err == nil {
		n, err := b.framing.next(b.trip.conn)
		if err != nil {
			b.end(err)
		}
		if n == 0 {
			break
		}
		n = copy(p[total:], b.trip.conn.buffered()[:n])
		b.trip.conn.take(n)
		b.framing.took(n)
		total += n
	}
	return total, b.err
}

// end notes how the body has ended, and gives the connection back or closes it, unless Close has done so meanwhile.
func (b *body) end(err error) {
	if !b.over.CompareAndSwap(false, true) {
		b.err = errBodyClosed
		return
	}
	if b.err = err; err == io.EOF {
		b.trip.finish(b.keep)
		return
	}
	b.err = b.trip.fail(err)
}

// Drain waits for the end of a body of which nothing more is wanted, for at most so long. Where the end comes, and nothing
// before it, the connection is kept for the next request; servers send it on its own, a moment after the last content.
// It is for the goroutine that reads, and Close comes after it.
func (b *body) Drain(within time.Duration) {
	c := b.trip.conn
	_ = c.SetReadDeadline(time.Now().Add(within)) // of a connection that is closed: then there is no waiting either
	for b.err == nil {
		n, err := b.framing.next(c)
		switch {
		case n > 0:
			return // Close cuts it
		case err != nil:
			_ = c.SetReadDeadline(time.Time{}) // the next request has a time of its own
			b.end(err)
		default:
			b.more()
		}
	}
}

// Close implements io.Closer. It closes the connection of a body that was not read to its end: to read on would
// have the server go on for nobody. It returns when nothing of the trip is under way any more.
func (b *body) Close() error {
	if b.over.CompareAndSwap(false, true) {
		b.trip.cut()
	}
	return nil
}
