//go:build !windows

package socket

import (
	"io"
	"net"
	"syscall"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// ended asks about a connection.
func ended(t *testing.T, c net.Conn) (is bool) {
	t.Helper()
	raw, err := c.(syscall.Conn).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { is = Ended(int(fd)) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func TestEnded(t *testing.T) {
	for name, end := range map[string]func(net.Conn){
		"closed":            func(far net.Conn) { far.Close() },
		"reset":             reset,
		"closed by half":    func(far net.Conn) { _ = far.(interface{ CloseWrite() error }).CloseWrite() },
		"something unasked": func(far net.Conn) { _, _ = io.WriteString(far, "HTTP/1.1 408 Request Timeout\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			near, far := pair(t)
			if ended(t, near) {
				t.Error("it has ended from the beginning")
			}
			end(far)
			await.True(t, "it is noticed", func() bool { return ended(t, near) })
		})
	}
}

// TestEndedTakesNothing leaves what has come to who reads.
func TestEndedTakesNothing(t *testing.T) {
	near, far := pair(t)
	_, _ = io.WriteString(far, "x")
	await.True(t, "something has come", func() bool { return ended(t, near) })
	got := make([]byte, 2)
	if n, err := near.Read(got); n != 1 || got[0] != 'x' || err != nil {
		t.Errorf("read %q, %v", got[:n], err)
	}
}
