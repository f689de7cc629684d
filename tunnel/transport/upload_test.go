package transport

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// large is the length of a body that has no room in the buffers of two systems.
const large = 32 << 20

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestEarlyAnswer holds that a server may answer a body that it has not read, or will not read.
func TestEarlyAnswer(t *testing.T) {
	const answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
	tests := []struct {
		name  string
		serve func(c *net.TCPConn, in *bufio.Reader, over <-chan bool)
	}{
		{"and reads nothing", func(c *net.TCPConn, _ *bufio.Reader, over <-chan bool) {
			_, _ = io.WriteString(c, answer)
			<-over
		}},
		{"and closes", func(c *net.TCPConn, _ *bufio.Reader, _ <-chan bool) {
			_, _ = io.WriteString(c, answer)
			_ = c.CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}},
		{"and reads on", func(c *net.TCPConn, in *bufio.Reader, _ <-chan bool) {
			_, _ = io.WriteString(c, answer)
			_, _ = io.CopyN(io.Discard, in, large)
		}},
		{"in the middle", func(c *net.TCPConn, in *bufio.Reader, over <-chan bool) {
			_, _ = io.CopyN(io.Discard, in, large/2)
			_, _ = io.WriteString(c, answer)
			<-over
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			over := make(chan bool)
			url := raw(t, func(c *net.TCPConn) {
				in := bufio.NewReader(c)
				if _, err := http.ReadRequest(in); err == nil {
					tt.serve(c, in, over)
				}
			})
			defer close(over)
			status, err := roundTrip(newTransport(t), newRequest(t.Context(), t, url, zeros{}, large))
			if status != 413 || err != nil {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
}

// TestLargeBodyArrives holds that a large body comes to the server as it is, and its connection is kept.
func TestLargeBodyArrives(t *testing.T) {
	s := start(t, answered(kept))
	tr := newTransport(t)
	arrives := func(length int) {
		t.Helper()
		text := strings.Repeat("0123456789abcdef", length/16) + strings.Repeat("x", length%16)
		if status, err := post(t, tr, s.url(), text); status != 200 {
			t.Fatalf("%d bytes: status %d, %v", length, status, err)
		}
		if got := <-s.bodies; got != text {
			t.Errorf("%d bytes have become %d", length, len(got))
		}
	}
	for _, length := range []int{atOnce - 200, atOnce, uploadBuffer, uploadBuffer + 1, 3*uploadBuffer + 7, 1 << 20} {
		arrives(length)
		// Of an upload it may not be seen in time that it is over: then its connection is not kept.
		await.True(t, "the connection to be kept", func() bool {
			before := s.conns.Load()
			arrives(length)
			arrives(1)
			return s.conns.Load() == before
		})
	}
}

// failing is a body that breaks off.
type failing struct {
	left int
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, f.err
	}
	n := min(len(p), f.left)
	f.left -= n
	return n, nil
}

// TestBodyBreaksOff holds that a server never takes the beginning of a body for the whole, and that the
// fault of the body is told, not what came of it.
func TestBodyBreaksOff(t *testing.T) {
	unreadable := errors.New("the disk is broken")
	for _, tt := range []struct {
		name   string
		length int
		end    error
		want   error
	}{
		{"small", 100, unreadable, unreadable},
		{"large", 1 << 20, unreadable, unreadable},
		{"small and short", 100, io.EOF, errShort},
		{"large and short", 1 << 20, io.EOF, errShort},
	} {
		t.Run(tt.name, func(t *testing.T) {
			whole := make(chan bool, 1)
			url := raw(t, func(c *net.TCPConn) {
				req, err := http.ReadRequest(bufio.NewReader(c))
				if err == nil {
					_, err = io.Copy(io.Discard, req.Body)
				}
				whole <- err == nil
			})
			body := &failing{tt.length / 2, tt.end}
			status, err := roundTrip(newTransport(t), newRequest(t.Context(), t, url, body, int64(tt.length)))
			if !errors.Is(err, tt.want) {
				t.Errorf("status %d, %v", status, err)
			}
			if await.First(t, "the server to see the end", whole) {
				t.Error("the server has got a whole request")
			}
		})
	}
}
