package websocket

import (
	"context"
	"net"
	"testing"
	"time"

	"modelbeam/tunnel/fault"
)

// slow is a client's connection on which a write has arrived before it returns.
type slow struct {
	net.Conn
	arrived chan []byte
	goOn    chan struct{}
}

func (s *slow) Write(p []byte) (int, error) {
	s.arrived <- append([]byte(nil), p...)
	<-s.goOn
	return len(p), nil
}

func (s *slow) SetWriteDeadline(time.Time) error { return nil }
func (s *slow) Close() error                     { return nil }

// TestLastWordsWaitForAWrite holds that a client which has read a frame, and answers it with something that ends
// the connection, is told why, even though the frame's write has not returned yet.
func TestLastWordsWaitForAWrite(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	conn := &slow{arrived: make(chan []byte, 2), goOn: make(chan struct{})}
	c := NewConn(ctx, conn, end)
	go func() { _, _ = c.Write([]byte{0x81, 1, 'a'}) }()
	<-conn.arrived
	f := fault.Laptop("laptop").Removed()
	end(f)
	closed := make(chan struct{})
	go func() { defer close(closed); _ = c.Close() }()
	select {
	case <-closed:
		t.Error("it closes at once")
	case <-time.After(20 * time.Millisecond): // it cannot be seen to wait
	}
	close(conn.goOn)
	<-closed
	select {
	case got := <-conn.arrived:
		if string(got) != string(closeFrame(f)) {
			t.Errorf("the last words are %q", got)
		}
	default:
		t.Error("the connection has ended without a word")
	}
}
