package admission

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// restingHouse is a house with a connection that was handed to its Resumed. far is its other end.
func restingHouse(t *testing.T, known bool, ahead []byte, run func(r *Resumed, c *Conn, far net.Conn)) {
	t.Helper()
	inHouse(t, func(h *house) {
		near, far := net.Pipe()
		defer far.Close()
		peer := net.TCPAddr{IP: net.IPv4(192, 168, 1, 7), Port: 4000}
		c, err := listener{one{visitor{near, &peer}}, h.desk}.Accept()
		if err != nil {
			h.t.Fatal(err)
		}
		h.in = append(h.in, c.(*Conn))
		if known {
			c.(*Conn).admit()
		}
		r := NewResumed(nil, 2*time.Minute)
		go r.Add(c.(*Conn), ahead)
		if got, err := r.Accept(); err != nil || got != c {
			h.t.Fatalf("accepted %v, %v", got, err)
		}
		run(r, c.(*Conn), far)
	})
}

// A connection rests as long as one that never left its server, and then has so long for a head as any.
func TestResting(t *testing.T) {
	for name, tt := range map[string]struct {
		known bool
		rest  time.Duration
	}{
		"with a key":    {true, 2 * time.Minute},
		"without a key": {false, idle},
	} {
		t.Run(name, func(t *testing.T) {
			const head = 10 * time.Second
			restingHouse(t, tt.known, nil, func(_ *Resumed, c *Conn, far net.Conn) {
				_ = c.SetReadDeadline(time.Now().Add(head))
				time.AfterFunc(tt.rest-time.Second, func() { _, _ = io.WriteString(far, "P") })
				if _, err := c.Read(make([]byte, 1)); err != nil {
					t.Errorf("the first byte does not come after almost %s: %v", tt.rest, err)
				}
				came := time.Now()
				if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(came) != head {
					t.Errorf("the rest of the head is waited for for %s, %v", time.Since(came), err)
				}
			})
			restingHouse(t, tt.known, nil, func(_ *Resumed, c *Conn, _ net.Conn) {
				_ = c.SetReadDeadline(time.Now().Add(head))
				began := time.Now()
				if _, err := c.Read(make([]byte, 1)); err == nil || time.Since(began) != tt.rest {
					t.Errorf("it rests for %s, %v", time.Since(began), err)
				}
			})
		})
	}
}

// Who ends the server does not wait for connections that rest; those on which something has come go on.
func TestClosingResumedEndsWhatRests(t *testing.T) {
	for name, tt := range map[string]struct {
		ahead, next string
		goesOn      bool
	}{
		"it rests":               {"", "", false},
		"something was ahead":    {"P", "", true},
		"something has come now": {"", "P", true},
	} {
		t.Run(name, func(t *testing.T) {
			restingHouse(t, true, []byte(tt.ahead), func(r *Resumed, c *Conn, far net.Conn) {
				_ = c.SetReadDeadline(time.Now().Add(time.Second))
				if tt.next != "" {
					go func() { _, _ = io.WriteString(far, tt.next) }()
					_, _ = c.Read(make([]byte, 1))
				}
				_ = r.Close()
				_ = r.Close()
				if goesOn := c.Conn.SetWriteDeadline(time.Time{}) == nil; goesOn != tt.goesOn {
					t.Errorf("the connection goes on: %t", goesOn)
				}
				if r.Add(c, nil) {
					t.Error("a closed listener takes connections")
				}
			})
		})
	}
}
