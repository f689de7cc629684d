package relay

import (
	"io"
	"sync"

	"modelbeam/tunnel/events"
)

// bufferSize is what is taken over at once. A token is some 200 bytes; what is not streamed, or streamed faster
// than it can be passed on, comes in fewer and larger pieces.
const bufferSize = 32 << 10

// buffers are used while something is under way, and never while it is waited for.
var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// sink takes what is copied, piece by piece.
type sink interface {
	// Write may keep what it is given until the next flush.
	io.Writer
	flush() error
}

// pour copies all of from, each piece as it comes: nothing is kept while something is waited for. What is sent
// last is left to who ends what to is. Its frames are small, and so are those of what it calls to wait: the
// goroutine of a stream spends its life there.
func pour(to sink, from io.Reader) error {
	for {
		if !events.Ready(from) {
			if err := to.flush(); err != nil {
				return err
			}
		}
		// Of an error that Wait knows, the Read after it tells, with what came before it.
		_ = events.Wait(from)
		switch err := pourOne(to, from); err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// pourOne copies one piece. It returns io.EOF after the last one.
func pourOne(to sink, from io.Reader) error {
	buffer := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buffer)
	n, err := from.Read(buffer[:])
	if n > 0 {
		if _, failed := to.Write(buffer[:n]); failed != nil {
			return failed
		}
	}
	return err
}
