package control

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"modelbeam/app"
)

// TestStartBesideAnother: services are started, and can write what they say, also where another one can be reached
// before that.
func TestStartBesideAnother(t *testing.T) {
	s := serve(t)
	folder := t.TempDir()
	var waits []func()
	for i := range 20 {
		mark := filepath.Join(folder, strconv.Itoa(i))
		wait, err := startService(t.Context(), t.Context(), []string{"sh", "-c", "echo started >&2 && touch " + mark}, door(s.dir))
		if err != nil {
			t.Error(err)
		}
		waits = append(waits, wait)
	}
	for i, wait := range waits {
		wait()
		if _, err := os.Stat(filepath.Join(folder, strconv.Itoa(i))); err != nil {
			t.Errorf("a service was not started: %v", err)
		}
	}
}

// TestStartWhileAnotherEnds: the state folder is still taken, so that the first one that is started ends at once. It
// is not the last one.
func TestStartWhileAnotherEnds(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	command := []string{"sh", "-c", "rm " + taken + " 2>/dev/null && exit 0; echo 'the second' >&2; exit 1"}
	if _, err := Open(t.Context(), Options{Dir: dir, Role: RoleWindow, Service: command}); err == nil || err.Error() != "the second" {
		t.Errorf("started, it says %v", err)
	}
}

// TestEndingServiceIsNone: who is let in by a service that is about to end starts another one.
func TestEndingServiceIsNone(t *testing.T) {
	for name, farewell := range map[string]func(conn net.Conn){
		"without a word": func(net.Conn) {},
		"with a goodbye": func(conn net.Conn) {
			_ = writeLine(conn, welcome{Protocol: protocol, Version: app.Version})
			_ = writeLine(conn, message{Bye: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			endingService(t, dir, farewell)
			_, err := Open(t.Context(), Options{Dir: dir, Role: RoleWindow, Service: []string{"sh", "-c", "echo 'another one' >&2; exit 1"}})
			if err == nil || err.Error() != "another one" {
				t.Errorf("the window opens with %v", err)
			}
		})
	}
}

// endingService takes no more clients than the one that is at the door already.
func endingService(t *testing.T, dir string, farewell func(conn net.Conn)) {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", "")
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
	serving.Go(func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_ = l.Close()
		var h hello
		_ = newReader(conn, maxCall).read(&h)
		farewell(conn)
		_ = conn.Close()
	})
}
