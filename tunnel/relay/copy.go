package relay

import (
	"io"
	"sync"

	"modelbeam/tunnel/events"
)

// bufferSize is how many bytes are copied at once. A token has some 200; what is not streamed, or streamed faster
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

// pour copies all of from, each piece as it comes: nothing is kept back while something is waited for. The last
// flush is left to the caller, who may have more to say. The frames of pour are small, and so are those of what it
// calls to wait, because the goroutine of a stream spends its life there, and its stack stays as it is.
func pour(to sink, from io.Reader) error {
	for {
		if !events.Ready(from) {
			if err := to.flush(); err != nil {
				return err
			}
		}
		// An error that Wait knows comes from the Read after it too, with what came before it.
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
