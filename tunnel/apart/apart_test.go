package apart

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"modelbeam/cmd/e2e/await"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// received is what a client makes of an answer.
type received struct {
	body    string
	trailer string
	err     error
}

// receive reads an answer whose header net/http has sent, from the rest of it on the connection.
func receive(conn net.Conn) <-chan received {
	all := make(chan received, 1)
	go func() {
		head := strings.NewReader("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(io.MultiReader(head, conn)), nil)
		if err != nil {
			all <- received{err: err}
			return
		}
		body, err := io.ReadAll(res.Body)
		all <- received{string(body), res.Trailer.Get("X-Request-Id"), err}
	}()
	return all
}

// TestStream holds what a client makes of a stream, and when its connection is good for another request.
func TestStream(t *testing.T) {
	for _, tt := range []struct {
		name     string
		last     bool
		ahead    string // read with the request
		next     string // that the client sends meanwhile
		finished bool
		err      error
		free     bool
	}{
		{name: "whole", finished: true, free: true},
		{name: "the last one", last: true, finished: true},
		{name: "cut", err: io.ErrUnexpectedEOF},
		{name: "with the next request there", ahead: "POST", finished: true, free: true},
		{name: "with the next request coming", next: "P", finished: true, free: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			near, far := net.Pipe()
			defer far.Close()
			s := New(near, make(http.Header), tt.last, []byte(tt.ahead), func() { t.Error("the client is taken for gone") })
			if tt.next != "" { // a pipe waits for a reader of nothing too
				_, _ = io.WriteString(far, tt.next)
			}
			got := receive(far)
			for _, piece := range []string{"one ", "", strings.Repeat("x", 300)} {
				if n, err := io.WriteString(s, piece); n != len(piece) || err != nil {
					t.Errorf("%d of %d bytes are written: %v", n, len(piece), err)
				}
			}
			s.Header().Set(http.TrailerPrefix+"X-Request-Id", "7")
			if tt.finished {
				s.Finish()
			}
			if free := s.Free(); free != tt.free || string(s.Ahead()) != tt.ahead+tt.next {
				t.Errorf("it is free: %t, with %q ahead", free, s.Ahead())
			}
			_ = s.Close()
			r := <-got
			if r.body != "one "+strings.Repeat("x", 300) || !errors.Is(r.err, tt.err) || tt.finished != (r.trailer == "7") {
				t.Errorf("the client gets %+v", r)
			}
		})
	}
}

// TestClientLeaves holds that somebody hears of a client that leaves, and that its connection is of no more use.
func TestClientLeaves(t *testing.T) {
	near, far := net.Pipe()
	gone := make(chan bool, 1)
	s := New(near, make(http.Header), false, nil, func() { gone <- true })
	_ = far.Close()
	await.First(t, "the client to be missed", gone)
	if n, err := io.WriteString(s, "text"); n != 0 || err == nil {
		t.Errorf("%d bytes are written, %v", n, err)
	}
	if s.Finish(); s.Free() {
		t.Error("its connection is taken for good")
	}
	_ = s.Close()
}
