package tunnel

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// net/http holds ten KiB of buffers for every answer that is under way, a goroutine that waits for its client to
// leave, and the stack of the one that has read and answered the request, which is deep. That is nothing for some
// phones, and most of the memory where a thousand streams are open at once. So where there are many, a stream
// leaves net/http as soon as its header is out: from then on it has its connection for itself, and gives that back
// at its end, for the next request. The way there:
//
//	answer      many calls are under way: this one is answered on a goroutine of its own, while net/http's waits
//	takeOver    after the first flush of a stream: net/http's goroutine returns, and all that it holds is free
//	apart       writes the chunks of the answer as they come
//	giveBack    the last chunk; then net/http gets the connection again, from a listener of such

// apart is the connection of a stream that has left net/http, as an http.ResponseWriter that sends chunks
// (RFC 9112 section 7.1). It belongs to whoever writes the answer, one at a time, but for watch.
type apart struct {
	net.Conn
	header http.Header   // of the answer; net/http has sent what was in it, but for trailers
	close  bool          // the connection is not for another request
	gone   func()        // is called when the client leaves
	ahead  []byte        // what the client has sent already of its next request
	left   bool          // the client has left; set before read is closed
	read   chan struct{} // closed when watch is over
}

// watch waits for the client to leave, as net/http does: it reads one byte, at most of the next request.
func (a *apart) watch() {
	defer close(a.read)
	var next [1]byte
	switch n, err := a.Read(next[:]); {
	case n > 0:
		a.ahead = next[:]
	case !errors.Is(err, os.ErrDeadlineExceeded): // which is how end stops this
		a.left = true
		a.gone()
	}
}

// chunks are what chunks are put together in, to leave in one write.
var chunks = sync.Pool{New: func() any { return new([]byte) }}

// Header implements http.ResponseWriter, as the others do.
func (a *apart) Header() http.Header { return a.header }

// WriteHeader does nothing: the header is out.
func (a *apart) WriteHeader(int) {}

// Write sends p as a chunk, at once.
func (a *apart) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil // an empty chunk would be the last
	}
	buffer := chunks.Get().(*[]byte)
	defer chunks.Put(buffer)
	chunk := strconv.AppendInt((*buffer)[:0], int64(len(p)), 16)
	chunk = append(append(append(chunk, "\r\n"...), p...), "\r\n"...)
	*buffer = chunk
	if n, err := a.Conn.Write(chunk); err != nil {
		return max(0, min(n-(len(chunk)-len(p)-2), len(p))), err //nolint:wrapcheck // as net/http's
	}
	return len(p), nil
}

// FlushError has nothing to do.
func (a *apart) FlushError() error { return nil }

// end ends the answer, and reports whether the connection is good for another request. Without its last chunk an
// answer that is not whole is known for that.
func (a *apart) end(whole bool) bool {
	if whole {
		_, err := a.Conn.Write(a.lastChunk())
		whole = err == nil
	}
	_ = a.SetReadDeadline(time.Unix(1, 0)) // of long ago: watch ends
	<-a.read
	return whole && !a.close && !a.left
}

// lastChunk has the trailers, which net/http knows by a prefix.
func (a *apart) lastChunk() []byte {
	last := []byte("0\r\n")
	trailers := make(http.Header)
	for name, values := range a.header {
		if name, ok := strings.CutPrefix(name, http.TrailerPrefix); ok {
			trailers[name] = values
		}
	}
	if len(trailers) > 0 {
		var text strings.Builder
		_ = trailers.Write(&text)
		last = append(last, text.String()...)
	}
	return append(last, "\r\n"...)
}
