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

// TestNotTooManyRest holds how many connections of a burst are kept: more only of as many as were answered at once.
func TestNotTooManyRest(t *testing.T) {
	const address = "127.0.0.1:80"
	for _, tt := range []struct{ atOnce, kept int }{
		{1, maxRest}, {maxRest, maxRest}, {100, 99}, {2 * mostRest, mostRest},
	} {
		var p pool
		for range tt.atOnce {
			p.begun(address)
		}
		kept := 0
		for range max(tt.atOnce, maxRest+1) {
			if p.done(address, newConn(&script{}, address)) {
				kept++
			}
		}
		if kept != tt.kept {
			t.Errorf("of %d answers at once %d connections are kept, want %d", tt.atOnce, kept, tt.kept)
		}
		if c := p.take("127.0.0.1:81"); c != nil {
			t.Error("one to somebody else is taken")
		}
		p.closeAll()
		if p.take(address) != nil || p.sweeper != nil {
			t.Error("something rests still")
		}
	}
}

// TestRestLong holds which connections rest for longer than a moment: those on this computer, to servers that were seen
// to have more of them, and have not said when they close them.
func TestRestLong(t *testing.T) {
	for name, tt := range map[string]struct {
		atOnce int
		rested time.Duration
		change func(c *conn) // each of four
		kept   int
	}{
		"a server that had no two at once":  {atOnce: 1, rested: restFor},
		"and of it what has just been used": {atOnce: 1, rested: restFor / 2, kept: 4},
		"one that had three":                {atOnce: 3, rested: restFor, kept: 2},
		"one that had many":                 {atOnce: 99, rested: restLong - 1, kept: 4},
		"but not for ever":                  {atOnce: 99, rested: restLong},
		"one on another computer":           {atOnce: 99, rested: restFor, change: func(c *conn) { c.brief = true }},
		"one that has closed them":          {atOnce: 99, rested: restFor, change: func(c *conn) { c.abort() }},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, answered(kept))
			address := s.Addr().String()
			var p pool
			defer p.closeAll()
			for range tt.atOnce {
				p.begun(address)
			}
			for range 4 {
				dialed, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				c := newConn(dialed, address)
				if tt.change != nil {
					tt.change(c)
				}
				p.done(address, c)
			}
			last := p.hosts[address].resting[3]
			for _, c := range p.hosts[address].resting {
				c.rests = last.rests
			}
			closeThem(p.tired(last.rests.Add(tt.rested)))
			if h := p.hosts[address]; h == nil && tt.kept > 0 || h != nil && len(h.resting) != tt.kept {
				t.Errorf("%+v rest, want %d", h, tt.kept)
			}
			if isSet := p.sweeper != nil; isSet != (tt.kept > 0) {
				t.Errorf("there is a timer: %t", isSet)
			}
			if tt.kept == 0 {
				return
			}
			if p.take(address) != last {
				t.Error("it is not that which was used last")
			}
			_ = last.Close()
		})
	}
}

// TestAnnouncedRest: who says how long a connection may rest means it.
func TestAnnouncedRest(t *testing.T) {
	for announced, brief := range map[string]bool{"": false, "Keep-Alive: timeout=5, max=100\r\n": true} {
		answer := "HTTP/1.1 200 OK\r\n" + announced + "Content-Length: 2\r\n\r\nok"
		tr := newTransport(t)
		s := start(t, answered(answer))
		if status, err := post(t, tr, s.url(), "{}"); status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
		c := tr.plain.pool.take(s.Addr().String())
		if c == nil || c.brief != brief {
			t.Fatalf("with %q: %+v, want brief %t", announced, c, brief)
		}
		_ = c.Close()
	}
}

// TestServerIsForgotten: after the last connection another server may listen there.
func TestServerIsForgotten(t *testing.T) {
	tr := newTransport(t)
	s := start(t, answered(kept))
	for range 3 {
		if status, err := post(t, tr, s.url(), "{}"); status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	p := &tr.plain.pool
	if h := p.hosts[s.Addr().String()]; h == nil || h.answers != 0 || h.atOnce != 1 || len(h.resting) != 1 {
		t.Errorf("%+v is known of the server", h)
	}
	tr.CloseIdleConnections()
	if len(p.hosts) != 0 {
		t.Errorf("%d servers are known without a connection", len(p.hosts))
	}
}
