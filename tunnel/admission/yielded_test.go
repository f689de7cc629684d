package admission

import (
	"io"
	"net"
	"testing"
)

// Whoever accepts a connection that was yielded reads what has come once more, and then what comes.
func TestYielded(t *testing.T) {
	inHouse(t, func(h *house) {
		near, far := net.Pipe()
		defer far.Close()
		peer := net.TCPAddr{IP: net.IPv4(192, 168, 1, 7), Port: 4000}
		c, err := listener{one{visitor{near, &peer}}, h.desk}.Accept()
		if err != nil {
			t.Fatal(err)
		}
		h.in = append(h.in, c.(*Conn))
		l := NewYielded(nil)
		go l.Add(c.(*Conn), []byte("GET / H"))
		got, err := l.Accept()
		if err != nil || got != c {
			t.Fatalf("accepted %v, %v", got, err)
		}
		go func() { _, _ = io.WriteString(far, "TTP/1.0\r\n") }()
		text := make([]byte, len("GET / HTTP/1.0\r\n"))
		if _, err := io.ReadFull(got, text); err != nil || string(text) != "GET / HTTP/1.0\r\n" {
			t.Errorf("it reads %q, %v", text, err)
		}
		_, _ = l.Close(), l.Close()
		if _, err := l.Accept(); err != net.ErrClosed {
			t.Errorf("a closed listener accepts: %v", err)
		}
		if l.Add(c.(*Conn), nil) {
			t.Error("a closed listener takes connections")
		}
	})
}
