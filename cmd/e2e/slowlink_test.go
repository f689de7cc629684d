package e2e

import (
	"net"
	"sync"
	"testing"
	"time"
)

// slowLink is a way to a gateway over a link with a delay and a rate, as a phone has it at the far end of a
// home. It costs what packets would: a new connection a way forth and back, each way the delay, and all
// connections share the rate. Its queue keeps their order.
type slowLink struct {
	net.Listener
	to    string
	delay time.Duration // one way
	rate  int           // bytes a second, to the phone
	mu    sync.Mutex
	free  time.Time // when the link has sent what it was given
}

// segment is what a packet carries.
const segment = 1460

func startSlowLink(t *testing.T, to string, delay time.Duration, rate int) *slowLink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &slowLink{Listener: l, to: to, delay: delay, rate: rate}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := s.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.carry(conn) })
		}
	})
	t.Cleanup(func() {
		s.Close()
		all.Wait()
	})
	return s
}

func (s *slowLink) carry(phone net.Conn) {
	defer phone.Close()
	laptop, err := net.Dial("tcp", s.to)
	if err != nil {
		return
	}
	defer laptop.Close()
	time.Sleep(2 * s.delay) // the handshake, which loopback has for nothing
	var both sync.WaitGroup
	both.Go(func() { s.pass(laptop, phone, func(int) time.Time { return time.Now() }) })
	both.Go(func() { s.pass(phone, laptop, s.queue) })
	both.Wait()
}

// queue returns when n more bytes for the phone have left.
func (s *slowLink) queue(n int) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); s.free.Before(now) {
		s.free = now
	}
	s.free = s.free.Add(time.Duration(n) * time.Second / time.Duration(s.rate))
	return s.free
}

// pass copies what one end sends; sent says when n bytes have left it.
func (s *slowLink) pass(to, from net.Conn, sent func(n int) time.Time) {
	type piece struct {
		bytes []byte
		at    time.Time // when it arrives
	}
	pieces := make(chan piece, 1<<10)
	go func() {
		defer close(pieces)
		for {
			bytes := make([]byte, segment)
			n, err := from.Read(bytes)
			if n > 0 {
				pieces <- piece{bytes[:n], sent(n).Add(s.delay)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.bytes); err != nil {
			break
		}
	}
	_ = to.(*net.TCPConn).CloseWrite()
	for range pieces {
		continue // what nobody takes any more
	}
}
