package load

import (
	"io"
	"net"
	"time"
)

// After is what becomes of a server's connection behind an answer, which was a stream or not. It reports
// whether the connection takes more requests; otherwise the server closes it.
type After func(c *net.TCPConn, stream bool) (goesOn bool)

// Closings are the ways in which servers close connections that they have promised to keep. All but the
// last two take no more requests from then on.
var Closings = []struct {
	Name  string
	After After
}{
	{"at once", func(*net.TCPConn, bool) bool { return false }},
	{"behind a stream", func(_ *net.TCPConn, stream bool) bool { return !stream }},
	{"after a millisecond", func(*net.TCPConn, bool) bool { time.Sleep(time.Millisecond); return false }},
	{"by a reset", func(c *net.TCPConn, _ bool) bool {
		time.Sleep(100 * time.Microsecond) // a reset may overtake what was sent just before
		_ = c.SetLinger(0)
		return false
	}},
	{"only its own direction", func(c *net.TCPConn, _ bool) bool {
		_ = c.CloseWrite()
		_, _ = io.Copy(io.Discard, c) // what is sent to it is read and lost
		return false
	}},
	{"when idle for a while", func(c *net.TCPConn, _ bool) bool { return awaited(c, 2*time.Millisecond) }},
	{"never", func(*net.TCPConn, bool) bool { return true }},
}

// awaited reports whether the next request begins to come within a time. It takes nothing of it.
func awaited(c *net.TCPConn, limit time.Duration) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	_ = c.SetReadDeadline(time.Now().Add(limit))
	defer func() { _ = c.SetReadDeadline(time.Time{}) }()
	looked := false
	return raw.Read(func(uintptr) bool { // waits until something can be read
		defer func() { looked = true }()
		return looked
	}) == nil
}
