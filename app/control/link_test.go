package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/app"
	"modelbeam/cmd/e2e/await"
)

func TestStatesArrive(t *testing.T) {
	s := serve(t)
	l := open(t, Options{Dir: s.dir, Role: RoleTerminal})
	if got := l.State(); got.Name != "laptop" {
		t.Errorf("at first the State is %+v", got)
	}
	s.core.publish(app.State{Phase: app.Paused, Name: "laptop"})
	await.True(t, "the new State arrives", func() bool { return l.State().Phase == app.Paused })
}

func TestEventsArrive(t *testing.T) {
	s := serve(t)
	s.core.publish(app.State{Phase: app.Sharing, Listen: "127.0.0.1:8717", Pairing: app.Pairing{URL: "http://x/#c=1", Code: "1"}})
	l := open(t, Options{Dir: s.dir, Role: RoleTerminal, Events: true})
	lines := make(chan string, 8)
	stop := l.Events(func(e app.Event) {
		line, err := json.Marshal(e)
		if err != nil {
			t.Error(err)
		}
		lines <- string(line)
	})
	defer stop()
	if first := await.First(t, "the first event", lines); !strings.Contains(first, `"event":"ready"`) || !strings.Contains(first, `"code":"1"`) {
		t.Errorf("the first event is %s", first)
	}
	e := app.Event{Event: "device", Time: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), Detail: app.DeviceEvent{Action: "paired", ID: "d1", Name: "Anna's"}}
	s.core.events.Write(app.Event{Event: "ready", Detail: app.Ready{}}) // told already
	s.core.events.Write(e)
	want, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if got := await.First(t, "the second event", lines); got != string(want) {
		t.Errorf("it arrives as %s, and was %s", got, want)
	}
}

// TestOneWindow: a second one is not needed while the first can come to the front, and is when that hangs.
func TestOneWindow(t *testing.T) {
	s := serve(t)
	fronts := make(chan bool, 8)
	var hangs atomic.Bool
	var l *Link
	l, err := Open(t.Context(), Options{Dir: s.dir, Role: RoleWindow, Show: func() {
		fronts <- true
		if !hangs.Load() {
			l.Shown()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !s.ShowWindow() {
		t.Error("a window that is just opening is taken for one that hangs")
	}
	run(t, l)
	l.Shown()
	s.awaitWindowSeen(t)
	for range 2 {
		if _, err := Open(t.Context(), Options{Dir: s.dir, Role: RoleWindow}); !errors.Is(err, ErrShown) {
			t.Errorf("a second window: %v", err)
		}
		await.First(t, "the first window comes to the front", fronts)
	}
	if _, err := Open(t.Context(), Options{Dir: s.dir, Role: RoleTerminal}); err != nil {
		t.Errorf("a terminal beside the window: %v", err)
	}
	hangs.Store(true)
	open(t, Options{Dir: s.dir, Role: RoleWindow})
}

// TestCodeIsShownWhileSomebodySeesIt: the code is void when the last one is gone, however it went.
func TestCodeIsShownWhileSomebodySeesIt(t *testing.T) {
	s := serve(t)
	first := open(t, Options{Dir: s.dir, Role: RoleWindow})
	first.ShowCode(true)
	s.awaitCall(t, "ShowCode true")
	second := open(t, Options{Dir: s.dir, Role: RoleTerminal})
	second.ShowCode(true)
	second.ShowCode(true) // once is enough
	s.awaitViewers(t, 2)
	first.end()
	second.connection().conn.Close() // as a kill does
	s.awaitCall(t, "ShowCode false")
	if calls := s.core.called(); slices.Index(calls, "ShowCode false") != len(calls)-1 {
		t.Errorf("in turn: %q", calls)
	}
}

func TestInvitationEndsWithItsWindow(t *testing.T) {
	s := serve(t)
	l := open(t, Options{Dir: s.dir, Role: RoleWindow})
	l.Invite(app.Invitation{For: time.Hour})
	await.True(t, "guests are invited", func() bool { return len(s.core.called()) == 1 })
	l.end()
	await.True(t, "they are no longer", func() bool { return len(s.core.called()) == 2 })
	if calls := s.core.called(); !strings.Contains(calls[0], "1h") || strings.Contains(calls[1], "1h") {
		t.Errorf("the calls are %q", calls)
	}
}

// TestUnseen: a window that ends before it is seen is told of, however soon, unless it was closed in an orderly way.
func TestUnseen(t *testing.T) {
	gone := func(l *shown) { l.connection().conn.Close() }
	for _, tt := range []struct {
		name   string
		end    func(*testing.T, *service, *shown)
		unseen bool
	}{
		{"seen", func(t *testing.T, s *service, l *shown) { l.Shown(); s.awaitWindowSeen(t); gone(l) }, false},
		{"closed", func(t *testing.T, s *service, l *shown) {
			s.awaitViewers(t, 1)
			l.ShowCode(false)
			s.awaitViewers(t, 0)
			gone(l)
		}, false},
		{"closed, and gone at once", func(_ *testing.T, _ *service, l *shown) { l.ShowCode(false); l.end() }, false},
		{"gone with its process", func(t *testing.T, s *service, l *shown) { s.awaitViewers(t, 1); gone(l) }, true},
		{"given up", func(_ *testing.T, _ *service, l *shown) { l.end() }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			told := make(chan bool, 1)
			s := serve(t)
			s.Unseen = func() { told <- true }
			l := open(t, Options{Dir: s.dir, Role: RoleWindow})
			l.ShowCode(true)
			tt.end(t, s, l)
			if tt.unseen {
				await.First(t, "it is told", told)
			}
			await.True(t, "it is gone", s.noWindow)
			if len(told) > 0 {
				t.Error("a window that was seen, or closed, is told of")
			}
		})
	}
}

// TestUnseenBeforeAnyCall: a driver may take the process away before it has sent anything but its hello.
func TestUnseenBeforeAnyCall(t *testing.T) {
	s, told := serve(t), make(chan bool, 1)
	s.Unseen = func() { told <- true }
	c, err := connect(t.Context(), s.dir, RoleWindow, false)
	if err != nil {
		t.Fatal(err)
	}
	c.conn.Close()
	await.First(t, "it is told", told)
}

// TestSeenStaysSeen: a window that was seen is one for the next service too, which has not heard of it yet.
func TestSeenStaysSeen(t *testing.T) {
	s := serve(t)
	l := open(t, Options{Dir: s.dir, Role: RoleWindow, Service: []string{"false"}})
	l.Shown()
	s.awaitWindowSeen(t)
	l.connection().conn.Close()
	await.True(t, "the window is gone", s.noWindow)
	await.True(t, "it has come again", func() bool { return !s.noWindow() })
	s.awaitWindowSeen(t)
}

// awaitViewers waits until so many clients see the pairing code.
func (s *service) awaitViewers(t *testing.T, count int) {
	t.Helper()
	await.True(t, "the right number of clients sees the code", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.viewers == count
	})
}

func (s *service) noWindow() bool { return !s.HasWindow() }

// awaitWindowSeen waits until the window's first Shown has arrived: what is sent after it is acted on later.
func (s *service) awaitWindowSeen(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	w := s.window
	s.mu.Unlock()
	await.First(t, "the window is seen", w.shown)
}

// TestServiceIsKilled: the window says so, finds another service by itself, and its code is shown there.
func TestServiceIsKilled(t *testing.T) {
	dir := t.TempDir()
	s := serveIn(t, dir)
	l := open(t, Options{Dir: dir, Role: RoleWindow, Service: []string{filepath.Join(dir, "no-such-program")}})
	l.ShowCode(true)
	s.awaitCall(t, "ShowCode true")
	s.mu.Lock()
	w := s.window
	s.mu.Unlock()
	w.conn.Close() // no goodbye
	l.connection()
	await.True(t, "the window says that the service is gone, or has found it again", func() bool {
		p := l.State().Problem
		return p != nil && p.Kind == app.ProblemServiceEnded || !s.noWindow()
	})
	await.True(t, "the window has found the service", func() bool { return l.State().Name == "laptop" && l.State().Problem == nil })
	await.True(t, "and shows its code", func() bool {
		calls := s.core.called()
		return calls[len(calls)-1] == "ShowCode true" && len(calls) >= 3
	})
}

// TestServiceCannotBeStarted: what keeps it from starting is in the Problem, and Retry tries again.
func TestServiceCannotBeStarted(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(t.Context(), Options{Dir: dir, Role: RoleWindow, Service: []string{"sh", "-c", "echo first >&2; echo 'beam: the disk is full' >&2; exit 1"}})
	if err == nil || err.Error() != "the disk is full" {
		t.Errorf("the service says what is wrong, and the window %v", err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir, Role: RoleWindow}); !errors.Is(err, ErrNotRunning) {
		t.Errorf("without a command to start one: %v", err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir, Role: RoleWindow, Service: []string{filepath.Join(dir, "none")}}); err == nil {
		t.Error("a program that is not there was started")
	}
}

// TestGoodbye: a service that ends in an orderly way takes its window with it.
func TestGoodbye(t *testing.T) {
	for name, end := range map[string]func(*service, *shown){
		"by the window": func(_ *service, l *shown) { l.Quit() },
		"by another process": func(s *service, _ *shown) {
			go func() { _ = Stop(t.Context(), s.dir) }() // it waits for our process
		},
		"by a signal": func(s *service, _ *shown) { s.end() },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			l, err := Open(t.Context(), Options{Dir: s.dir, Role: RoleWindow, Service: []string{"false"}})
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- l.Run(t.Context()) }()
			end(s, &shown{Link: l})
			if err := await.First(t, "the window ends", ended); err != nil {
				t.Error(err)
			}
			s.Close()
		})
	}
}

func TestTerminalOfAKilledService(t *testing.T) {
	s := serve(t)
	l, err := Open(t.Context(), Options{Dir: s.dir, Role: RoleTerminal})
	if err != nil {
		t.Fatal(err)
	}
	l.connection().conn.Close()
	if err := l.Run(t.Context()); !errors.Is(err, ErrEnded) {
		t.Errorf("it ends with %v", err)
	}
}

// TestStopWaits returns only when the service has ended, and at once where none runs, which it says.
func TestStopWaits(t *testing.T) {
	dir := t.TempDir()
	if err := Stop(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("nothing runs: %v", err)
	}
	s := serveIn(t, dir)
	stopped := make(chan error, 1)
	go func() { stopped <- Stop(t.Context(), dir) }()
	await.True(t, "somebody waits", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.waiting) == 1
	})
	if len(stopped) > 0 {
		t.Error("stop returned before the service had ended")
	}
	s.Close()
	if err := await.First(t, "stop returns", stopped); err != nil {
		t.Error(err)
	}
}

// oldService speaks a protocol of long ago, or of the future: it answers a hello and understands stop. Who stops it is
// let go when nobody can reach it any more, as with every service.
func oldService(t *testing.T, dir string, stopped chan<- bool) {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", "")
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var h hello
			if newReader(conn, maxCall).read(&h) == nil {
				_ = writeLine(conn, map[string]any{"protocol": 99, "version": "9.9.9", "novel": true})
			}
			if h.Role == RoleStop {
				l.Close()
				stopped <- true
			}
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
}

func TestOtherVersion(t *testing.T) {
	dir := t.TempDir()
	stopped := make(chan bool, 1)
	oldService(t, dir, stopped)
	_, err := Open(t.Context(), Options{Dir: dir, Role: RoleTerminal})
	if other := (*VersionError)(nil); !errors.As(err, &other) || other.Service != "9.9.9" || other.Ours != app.Version {
		t.Errorf("a terminal: %v", err)
	}
	l := open(t, Options{Dir: dir, Role: RoleWindow, Service: []string{"sh", "-c", "echo started >&2; exit 3"}})
	if p := l.State().Problem; p == nil || p.Kind != app.ProblemOtherVersion || p.Action == "" {
		t.Errorf("a window: %+v", p)
	}
	l.Retry()
	await.First(t, "the old service is asked to end", stopped)
	await.True(t, "a new one is started, and what it says is told", func() bool {
		p := l.State().Problem
		return p.Kind == app.ProblemServiceEnded && p.Detail == "started"
	})
}

// TestNonsense: what a stranger sends, or a newer client, ends its own session at most.
func TestNonsense(t *testing.T) {
	s := serve(t)
	l := open(t, Options{Dir: s.dir, Role: RoleTerminal})
	const greeting = `{"protocol":1,"version":"x","role":"terminal"}` + "\n"
	for _, text := range []string{
		"", "\n", "GET / HTTP/1.1\r\n\r\n", "{}\n", `{"protocol":-1}` + "\n", `{"role":"stop"`,
		greeting + "nonsense\n",
		greeting + `{"call":"RemoveDevice"}` + "\n",
		greeting + `{"call":"RemoveDevice","args":[1]}` + "\n",
		greeting + `{"call":"RemoveDevice","args":["a","b"]}` + "\n",
		greeting + `{"call":"EraseDisk","args":[]}` + "\n" + `{"call":"ShowCode","args":["yes"]}` + "\n",
		greeting + string(bytes.Repeat([]byte("x"), maxCall+1)),
		greeting + `{"state":{},"show":true,"bye":true}` + "\n",
	} {
		conn, err := dial(t.Context(), s.dir)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(text))
		closeWrite(conn)
		_ = conn.SetReadDeadline(time.Now().Add(await.Limit))
		if _, err := new(bytes.Buffer).ReadFrom(conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%.60q: the session does not end", text)
		}
		conn.Close()
	}
	if calls := s.core.called(); len(calls) > 0 {
		t.Errorf("nonsense called %q", calls)
	}
	l.Pause()
	s.awaitCall(t, "Pause")
}

func closeWrite(conn net.Conn) {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
}

// TestStalledClient: one that does not read holds up neither the others nor the end.
func TestStalledClient(t *testing.T) {
	s := serve(t)
	conn, err := dial(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := writeLine(conn, hello{Protocol: protocol, Role: RoleWindow}); err != nil {
		t.Fatal(err)
	}
	await.True(t, "it is let in", func() bool { return !s.noWindow() })
	l := open(t, Options{Dir: s.dir, Role: RoleTerminal})
	big := app.State{Phase: app.Sharing, Name: strings.Repeat("x", 4<<20)}
	for i := range 3 {
		big.Listen = strings.Repeat("y", i+1)
		s.core.publish(big)
		await.True(t, "the other client has the State", func() bool { return l.State().Listen == big.Listen })
	}
	s.mu.Lock()
	s.window.seen.Store(true)
	s.mu.Unlock()
	if s.ShowWindow() {
		t.Error("a window that does not answer is in front")
	}
	ended := make(chan bool, 1)
	s.end()
	go func() {
		await.True(t, "the service ends", func() bool {
			_, err := dial(context.Background(), s.dir)
			return err != nil
		})
		ended <- true
	}()
	await.First(t, "the end", ended)
}
