package transport

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
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
			h, rests := &host{atOnce: tt.atOnce}, time.Now()
			for range 4 {
				dialed, err := net.Dial("tcp", s.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				c := newConn(dialed, s.Addr().String())
				defer c.Close()
				if c.rests = rests; tt.change != nil {
					tt.change(c)
				}
				h.resting = append(h.resting, c)
			}
			newest := h.resting[4-tt.kept:]
			if out := h.tired(rests.Add(tt.rested)); len(out) != 4-tt.kept || !slices.Equal(h.resting, newest) {
				t.Errorf("%d go and %d rest, want the newest %d to", len(out), len(h.resting), tt.kept)
			}
		})
	}
}

// TestAnnouncedRest: who says how long a connection may rest means it.
func TestAnnouncedRest(t *testing.T) {
	for announced, brief := range map[string]bool{"": false, "Keep-Alive: timeout=5, max=100\r\n": true} {
		answer := "HTTP/1.1 200 OK\r\n" + announced + "Content-Length: 2\r\n\r\nok"
		tr := newTransport(t)
		s := start(t, answered(answer))
		res, err := tr.RoundTrip(newRequest(t.Context(), t, s.url(), nil, 0))
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Body.(*body).trip.conn.brief; got != brief {
			t.Errorf("with %q it may not rest for long: %t, want %t", announced, got, brief)
		}
		_ = res.Body.Close()
	}
}

// TestServerIsForgotten: after the last connection another server may listen there.
func TestServerIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where nothing rests for too long while the test looks
		tr := New(pipes(func(c net.Conn) {
			for in := bufio.NewReader(c); ; {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				_, _ = io.WriteString(c, kept)
			}
		}))
		for range 3 {
			if status, err := roundTrip(tr, newRequest(t.Context(), t, "http://127.0.0.1/", nil, 0)); status != 200 {
				t.Fatalf("status %d, %v", status, err)
			}
		}
		p := &tr.plain.pool
		if h := p.hosts["127.0.0.1:80"]; h == nil || h.answers != 0 || h.atOnce != 1 || len(h.resting) != 1 {
			t.Errorf("%+v is known of the server", h)
		}
		tr.CloseIdleConnections()
		if len(p.hosts) != 0 {
			t.Errorf("%d servers are known without a connection", len(p.hosts))
		}
	})
}

// TestAnswersAreCounted: however an answer ends, it is under way no more, and once.
func TestAnswersAreCounted(t *testing.T) {
	read := func(res *http.Response) { _, _ = io.Copy(io.Discard, res.Body) }
	for name, tt := range map[string]struct {
		answer string
		end    func(res *http.Response)
	}{
		"read to its end":         {kept, read},
		"without a body":          {"HTTP/1.1 204 No Content\r\n\r\n", func(*http.Response) {}},
		"closed before its end":   {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", func(res *http.Response) { _ = res.Body.Close() }},
		"cut off by its server":   {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", read},
		"another protocol's":      {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", func(res *http.Response) { _, _ = res.Body.Close(), res.Body.Close() }},
		"closed after it was cut": {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", func(res *http.Response) { read(res); _ = res.Body.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := New(pipes(func(c net.Conn) {
					if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
						_, _ = io.WriteString(c, tt.answer)
						time.Sleep(time.Second)
					}
				}))
				res, err := tr.RoundTrip(newRequest(t.Context(), t, "http://127.0.0.1/", nil, 0))
				if err != nil {
					t.Fatal(err)
				}
				p := &tr.plain.pool
				if tt.end(res); p.hosts["127.0.0.1:80"] != nil && p.hosts["127.0.0.1:80"].answers != 0 {
					t.Errorf("%d answers are under way", p.hosts["127.0.0.1:80"].answers)
				}
				tr.CloseIdleConnections()
				if len(p.hosts) != 0 {
					t.Errorf("%d servers are known without a connection", len(p.hosts))
				}
				time.Sleep(2 * time.Second) // the server has to end
			})
		})
	}
}
