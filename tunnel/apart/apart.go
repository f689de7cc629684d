// Package apart lets a stream go on without net/http, which has begun its answer.
//
// net/http holds ten KiB of buffers for every answer that is under way, a goroutine that waits for its client to
// leave, and the stack of the one that has read and answered the request, which is deep. That is nothing for some
// phones, and most of the memory where a thousand streams are open at once. So where there are many, a stream
// leaves net/http as soon as its header is out: from then on it has its connection for itself, and gives that back
// at its end, for the next request. The way there, in package tunnel's file leave:
//
//	answer      many calls are under way: this one is answered on a goroutine of its own, while net/http's waits
//	leave       after the first flush of a stream: net/http's goroutine returns, and all that it holds is free
//	Stream      writes the chunks of the answer as they come
//	Finish      sends the last chunk, while the call is still one of those under way
//	giveBack    net/http gets the connection again, from admission.Resumed
package apart

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

// Stream is the connection of an answer that has left net/http, as an http.ResponseWriter that sends chunks
// (RFC 9112 section 7.1). It belongs to whoever writes the answer, one goroutine at a time; the deadlines of the
// connection may be moved by any. Make it with New, and call Free at its end.
type Stream struct {
	net.Conn
	header http.Header   // of the answer; only trailers of it are still to be sent
	last   bool          // the connection ends with this answer
	gone   func()        // called when the client leaves
	ahead  []byte        // of the next request, read already
	whole  bool          // the last chunk is out
	left   bool          // the client has left; set before read is closed
	read   chan struct{} // closed when watch is over
}

// New takes a connection over whose answer has the given header, which net/http has sent, but for trailers.
// last says that the connection is not for another request; ahead is what the client has sent already of its next
// one. gone is called, on another goroutine, when the client leaves; where something is ahead nobody sees that,
// and net/http would not either.
func New(conn net.Conn, header http.Header, last bool, ahead []byte, gone func()) *Stream {
	s := &Stream{Conn: conn, header: header, last: last, ahead: ahead, gone: gone, read: make(chan struct{})}
	if len(ahead) > 0 {
		close(s.read)
	} else {
		go s.watch()
	}
	return s
}

// Ahead is what the client has sent already of its next request. It is for after Free.
func (s *Stream) Ahead() []byte { return s.ahead }

// watch waits for the client to leave, as net/http does: it reads one byte, at most of the next request.
func (s *Stream) watch() {
	defer close(s.read)
	var next [1]byte
	switch n, err := s.Read(next[:]); {
	case n > 0:
		s.ahead = next[:]
	case !errors.Is(err, os.ErrDeadlineExceeded): // which is how Free stops this
		s.left = true
		s.gone()
	}
}

// chunks are what chunks are put together in, to leave in one write.
var chunks = sync.Pool{New: func() any { return new([]byte) }}

// Header implements http.ResponseWriter, as the others do.
func (s *Stream) Header() http.Header { return s.header }

// WriteHeader does nothing: the header is out.
func (s *Stream) WriteHeader(int) {}

// Write sends p as a chunk, at once. Like net/http's it returns how many bytes of p are out, also with an error.
func (s *Stream) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil // an empty chunk would be the last
	}
	buffer := chunks.Get().(*[]byte)
	defer chunks.Put(buffer)
	chunk := strconv.AppendInt((*buffer)[:0], int64(len(p)), 16)
	chunk = append(append(append(chunk, "\r\n"...), p...), "\r\n"...)
	*buffer = chunk
	if n, err := s.Conn.Write(chunk); err != nil {
		return max(0, min(n-(len(chunk)-len(p)-2), len(p))), err //nolint:wrapcheck // as net/http's
	}
	return len(p), nil
}

// FlushError does nothing: Write keeps nothing back.
func (s *Stream) FlushError() error { return nil }

// Finish sends the last chunk, with the trailers. It is left out where an answer is not whole, which is how the client
// knows.
func (s *Stream) Finish() {
	_, err := s.Conn.Write(s.lastChunk())
	s.whole = err == nil
}

// Free stops the watch for the client, waits for its end, and reports whether the connection is good for another
// request. It does not close the connection.
func (s *Stream) Free() bool {
	_ = s.SetReadDeadline(time.Unix(1, 0)) // of long ago: watch ends
	<-s.read
	return s.whole && !s.last && !s.left
}

// lastChunk has the trailers, which net/http knows by a prefix.
func (s *Stream) lastChunk() []byte {
	last := []byte("0\r\n")
	trailers := make(http.Header)
	for name, values := range s.header {
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
