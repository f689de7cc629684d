//go:build !windows

package control

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// TestSocketIsOpenedAnew: a service outlives the runtime folder of its user, and is found all the same.
func TestSocketIsOpenedAnew(t *testing.T) {
	type running struct{ dir, runtime string }
	all := make(map[string]running)
	for name, lose := range map[string]func(r running) error{
		"logged out and in again":     func(r running) error { return errors.Join(os.RemoveAll(r.runtime), os.Mkdir(r.runtime, 0o700)) },
		"logged out":                  func(r running) error { return os.RemoveAll(r.runtime) },
		"the note of where it is":     func(r running) error { return os.Remove(addressPath(r.dir)) },
		"another note of where it is": func(r running) error { return os.WriteFile(addressPath(r.dir), []byte("/x\n"), 0o600) },
	} {
		r := running{t.TempDir(), shortFolder(t)}
		t.Setenv("XDG_RUNTIME_DIR", r.runtime)
		l, err := Listen(r.dir)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go accept(l)
		if err := lose(r); err != nil {
			t.Fatal(err)
		}
		if conn, err := dial(t.Context(), r.dir); err == nil {
			conn.Close()
			t.Errorf("%s: it was not lost", name)
		}
		all[name] = r
	}
	for name, r := range all {
		await.True(t, name+": it is found", func() bool {
			conn, err := dial(t.Context(), r.dir)
			if err != nil {
				return false
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(helloWithin))
			n, err := conn.Read(make([]byte, 8))
			return err == nil && n > 0 // not only a socket, but one that is listened to
		})
	}
}

// accept greets whoever comes until l is closed.
func accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte("hello"))
		_ = conn.Close()
	}
}

// shortFolder is a folder whose path leaves room for the name of a socket.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "ctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestWhatIsInTheWayOfTheNote: nothing that waits where the service notes its address is written through, or
// holds anybody up.
func TestWhatIsInTheWayOfTheNote(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", shortFolder(t))
	for name, plant := range map[string]func(path, precious string) error{
		"a link":               func(path, precious string) error { return os.Symlink(precious, path) },
		"a pipe":               func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"a file of no use":     func(path, _ string) error { return os.WriteFile(path, nil, 0o600) },
		"a file of a crash":    func(path, _ string) error { return os.WriteFile(path, []byte("/run/x.sock\n"), 0o600) },
		"one that is a secret": func(path, _ string) error { return os.WriteFile(path, []byte("/run/x.sock\n"), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, precious := t.TempDir(), filepath.Join(t.TempDir(), "precious")
			if err := errors.Join(os.WriteFile(precious, []byte("mine"), 0o600), plant(addressPath(dir), precious)); err != nil {
				t.Fatal(err)
			}
			if _, err := dial(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
				t.Errorf("before the service runs: %v", err)
			}
			l, err := Listen(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			conn, err := dial(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
			if text, err := os.ReadFile(precious); err != nil || string(text) != "mine" {
				t.Errorf("what the link led to is now %q, %v", text, err)
			}
		})
	}
}

// TestNoRoomForNotes: a temporary folder that is not there, or full, keeps no service from starting.
func TestNoRoomForNotes(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", shortFolder(t))
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	dir := t.TempDir()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wait, err := startService(t.Context(), t.Context(), []string{"/bin/true"}, door(dir))
	wait()
	if err != nil {
		t.Errorf("the service was not started: %v", err)
	}
}

// TestFull: however many are shown the State, one more is told why it is not, and the service can be stopped.
func TestFull(t *testing.T) {
	s := serve(t)
	for range maxSessions {
		c, err := connect(t.Context(), s.dir, RoleTerminal, false)
		if err != nil {
			t.Fatal(err)
		}
		defer c.conn.Close()
	}
	if _, err := connect(t.Context(), s.dir, RoleTerminal, false); !errors.Is(err, errFull) {
		t.Errorf("one more: %v", err)
	}
	conn, err := dial(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() // says nothing
	stopped := make(chan error, 1)
	go func() { stopped <- Stop(t.Context(), s.dir) }()
	await.True(t, "the service is asked to end", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.waiting) == 1
	})
	s.Close()
	if err := await.First(t, "it has ended", stopped); err != nil {
		t.Error(err)
	}
}
