package llm

import (
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"modelbeam/discovery/sockets"
)

// TestSilentKnocks: a server whose port hangs stays for a while, and not for ever.
func TestSilentKnocks(t *testing.T) {
	at := full(t)
	s := blind(&Scanner{replaced: replaced{kinds: []kind{{ports: []int{int(at.Port())}}}}})
	w := s.newWatch(nil)
	w.configure()
	w.places[at] = &place{Socket: sockets.Socket{Addr: at, ID: 7}}
	for n := 1; n <= maxMissed; n++ {
		if _, open := w.byKnocking(t.Context(), nil)[at]; open != (n < maxMissed) {
			t.Errorf("after %d knocks it is there: %v", n, open)
		}
	}
}

// full is an address where something listens that has no room for one more connection: the kernel drops what comes.
func full(t *testing.T) netip.AddrPort {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: loopback[0].As4()}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "full")
	l, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	_ = file.Close()
	t.Cleanup(func() { _ = l.Close() })
	for {
		c, err := net.DialTimeout("tcp", l.Addr().String(), time.Second)
		if err != nil {
			return netip.MustParseAddrPort(l.Addr().String())
		}
		t.Cleanup(func() { _ = c.Close() })
	}
}
