package transport

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pipes dials servers that are goroutines of a bubble.
func pipes(serve func(c net.Conn)) Dialer {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() { defer far.Close(); serve(far) }()
		return near, nil
	}
}

// TestRestingConnectionsEnd holds for how long a connection rests, and that a used one begins anew.
func TestRestingConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials, ends atomic.Int32
		tr := New(pipes(func(c net.Conn) {
			dials.Add(1)
			in := bufio.NewReader(c)
			for {
				if _, err := http.ReadRequest(in); err != nil {
					ends.Add(1)
					return
				}
				_, _ = io.WriteString(c, kept)
			}
		}))
		ask := func() {
			t.Helper()
			if status, err := roundTrip(tr, newRequest(t.Context(), t, "http://127.0.0.1/", nil, 0)); status != 200 {
				t.Fatalf("status %d, %v", status, err)
			}
		}
		expect := func(wantDials, wantEnds int32) {
			t.Helper()
			synctest.Wait()
			if d, e := dials.Load(), ends.Load(); d != wantDials || e != wantEnds {
				t.Errorf("%d connections, %d of them ended; want %d and %d", d, e, wantDials, wantEnds)
			}
		}
		for range 4 {
			ask()
			time.Sleep(restFor - time.Millisecond)
		}
		expect(1, 0)
		time.Sleep(time.Second)
		expect(1, 1)
		ask()
		tr.CloseIdleConnections()
		expect(2, 2)
		ask()
		time.Sleep(2 * restFor)
		expect(3, 3)
	})
}

// TestNotTooManyRest holds how many connections of a burst are kept.
func TestNotTooManyRest(t *testing.T) {
	var p pool
	for i := range maxRest + 1 {
		c := newConn(&script{}, "127.0.0.1:80")
		if kept := p.put(c); kept != (i < maxRest) {
			t.Errorf("connection %d is kept: %t", i, kept)
		}
	}
	if c := p.take("127.0.0.1:81"); c != nil {
		t.Error("one to somebody else is taken")
	}
	p.closeAll()
	if p.take("127.0.0.1:80") != nil || p.sweeper != nil {
		t.Error("something rests still")
	}
}
