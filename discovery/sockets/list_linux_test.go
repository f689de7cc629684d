package sockets

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// find returns what listening says of an address, and whether it says anything.
func find(t *testing.T, list func() ([]Socket, error), at netip.AddrPort) (Socket, bool) {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(s Socket) bool { return s.Addr == at })
	if i < 0 {
		return Socket{}, false
	}
	return all[i], true
}

func TestListening(t *testing.T) {
	for _, tt := range []struct{ network, bind, at string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"},
		{"tcp4", "0.0.0.0:0", "127.0.0.1"},
		{"tcp6", "[::1]:0", "::1"},
		{"tcp", "[::]:0", "127.0.0.1"}, // takes IPv4 too
		{"tcp6", "[::]:0", "::1"},      // does not
		{"tcp4", "127.0.0.2:0", ""},    // the test's own, nobody looks there
	} {
		l, err := net.Listen(tt.network, tt.bind)
		if err != nil {
			t.Fatal(err)
		}
		port := uint16(l.Addr().(*net.TCPAddr).Port)
		for _, addr := range Loopback {
			s, listed := find(t, List, netip.AddrPortFrom(addr, port))
			if listed != (addr.String() == tt.at) {
				t.Errorf("%s on %s: listed at %s: %v", tt.network, tt.bind, addr, listed)
			}
			if listed && s.ID == 0 {
				t.Errorf("%s on %s has no id", tt.network, tt.bind)
			}
		}
		_ = l.Close()
		for _, addr := range Loopback {
			if _, listed := find(t, List, netip.AddrPortFrom(addr, port)); listed {
				t.Errorf("%s on %s is listed after it was closed", tt.network, tt.bind)
			}
		}
	}
}

func TestListeningLeavesConnectionsOut(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = l.Close()
	at := c.LocalAddr().(*net.TCPAddr).AddrPort()
	if _, listed := find(t, List, at); listed {
		t.Error("the socket of a connection is listed")
	}
}

// lsof stands in on systems whose own way is costly; both must see the same.
func TestLsof(t *testing.T) {
	if _, err := exec.LookPath("lsof"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("lsof is not installed")
		}
		t.Skip("lsof is not installed")
	}
	for _, bind := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::]:0", "[::1]:0"} {
		l, err := net.Listen("tcp", bind)
		if err != nil {
			t.Fatal(err)
		}
		addr := Loopback[0]
		if bind == "[::1]:0" {
			addr = Loopback[1]
		}
		at := netip.AddrPortFrom(addr, uint16(l.Addr().(*net.TCPAddr).Port))
		s, listed := find(t, lsof, at)
		if _, also := find(t, List, at); !listed || !also || s.PID != os.Getpid() {
			t.Errorf("%s: lsof says %+v, %v; the kernel %v", bind, s, listed, also)
		}
		_ = l.Close()
	}
}

func TestFindProcesses(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, _ := find(t, List, l.Addr().(*net.TCPAddr).AddrPort())
	sockets := []Socket{{ID: 1}, s}
	FindProcesses(sockets)
	if sockets[0].PID != 0 || sockets[1].PID != os.Getpid() {
		t.Errorf("the processes are %d and %d, want 0 and %d", sockets[0].PID, sockets[1].PID, os.Getpid())
	}
	me, ok := Processes()(os.Getpid())
	if !ok || me.Parent != os.Getppid() || me.Name == "" {
		t.Errorf("of ourselves it says %+v, %v", me, ok)
	}
	if got := Ancestors(os.Getpid(), Processes()); len(got) > 0 && got[0].PID != os.Getppid() {
		t.Errorf("we descend from %v, want %d first", got, os.Getppid())
	}
	if _, ok := Processes()(-1); ok {
		t.Error("there is a process of no number")
	}
}

// TestOverflowAccount: in a sandbox many accounts have the same number, so it is nobody's.
func TestOverflowAccount(t *testing.T) {
	for _, tt := range []struct {
		uid     uint32
		seesAll bool
		known   bool
	}{{overflowUID, false, false}, {overflowUID, true, true}, {1000, false, true}} {
		if got := accountOf(tt.uid, tt.seesAll); got.Known != tt.known || got.UID != tt.uid {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
}
