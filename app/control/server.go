package control

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"modelbeam/app"
)

const (
	// showWithin is how long a window has to say that it has come to the front, before another may open.
	showWithin = 2 * time.Second
	// maxSessions bounds how many clients are shown the State at once.
	maxSessions = 64
	// maxClients bounds how many are heard at all. There is room for one that asks us to end, beside those
	// that are shown the State and those that say nothing.
	maxClients = 4 * maxSessions
)

// Server is the service's end. The fields are set before Serve and stay.
type Server struct {
	Core Core
	// Stop ends the service, which ends Serve's context. It returns at once.
	Stop func()
	// Unseen is told that a window went before it was on the screen. It may be nil, and returns at once.
	Unseen func()
	Log    *slog.Logger

	mu      sync.Mutex // guards what follows
	window  *session   // the newest, or nil
	clients int        // that are shown the State
	viewers int        // who sees the pairing code
	waiting []net.Conn // those who asked us to end, and wait until we have
}

// Close lets those go who asked us to end and wait for that. It is called when everything has ended: what is
// on the disk is written, and the state folder is free.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.waiting {
		_ = conn.Close() // answers nobody, so that it cannot take long
	}
}

// Serve answers clients on l until ctx ends, and returns when all sessions have ended. It closes l. It is
// called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) {
	var sessions sync.WaitGroup
	defer sessions.Wait()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	free := make(chan struct{}, maxClients)
	for {
		free <- struct{}{}
		conn, err := l.Accept()
		if err != nil {
			_ = l.Close()
			if ctx.Err() == nil {
				s.Log.Error("no window and no terminal can be let in any more", "error", err)
			}
			return
		}
		sessions.Go(func() {
			defer func() { <-free }()
			if !s.receive(ctx, conn) {
				_ = conn.Close()
			}
		})
	}
}

// receive lets one client in, or tells it why not. It reports whether the client waits for our end.
func (s *Server) receive(ctx context.Context, conn net.Conn) (waits bool) {
	hurry := context.AfterFunc(ctx, func() { time.AfterFunc(farewell, func() { _ = conn.Close() }) })
	defer hurry()
	if err := ownPeer(conn); err != nil {
		s.Log.Warn("somebody else's process was refused at the control socket", "error", err)
		return false
	}
	_ = conn.SetDeadline(time.Now().Add(helloWithin))
	lines := newReader(conn, maxCall)
	var h hello
	if err := lines.read(&h); err != nil {
		return false // it changed its mind, or is none of ours
	}
	w := welcome{Protocol: protocol, Version: app.Version}
	if h.Role == RoleStop {
		hurry() // it stays to the end, however long that takes
		return s.stop(conn, w)
	}
	if h.Protocol != protocol {
		_ = writeLine(conn, w)
		return false
	}
	if w.Full = !s.enter(); w.Full {
		_ = writeLine(conn, w)
		return false
	}
	defer s.leave()
	client := newSession(s, conn, h)
	if w.Shown = h.Role == RoleWindow && !s.claim(client); w.Shown {
		_ = writeLine(conn, w)
		return false
	}
	defer s.closed(client)
	w.CodeApps = s.Core.CodeApps()
	if writeLine(conn, w) != nil {
		return false
	}
	_ = conn.SetDeadline(time.Time{})
	client.run(ctx, lines)
	return false
}

// enter reports whether there is room for one more that is shown the State; who is let in calls leave.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients == maxSessions {
		return false
	}
	s.clients++
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients--
}

// stop ends the service for a client that waits for that: its connection ends with us.
func (s *Server) stop(conn net.Conn, w welcome) (waits bool) {
	if writeLine(conn, w) != nil {
		return false
	}
	s.mu.Lock()
	s.waiting = append(s.waiting, conn)
	s.mu.Unlock()
	s.Stop()
	return true
}

// ShowWindow asks the window, if there is one, to come to the front, and reports whether it has. It waits
// for that for at most two seconds.
func (s *Server) ShowWindow() bool {
	s.mu.Lock()
	w := s.window
	s.mu.Unlock()
	return w != nil && w.show()
}

// HasWindow reports whether there is a window.
func (s *Server) HasWindow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.window != nil
}

// ShowCode tells whether somebody sees the pairing code in this process: in the terminal of beam.
func (s *Server) ShowCode(visible bool) {
	by := -1
	if visible {
		by = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock() // also over the call, so that the last one is the true one; it returns at once
	s.viewers += by
	s.Core.ShowCode(s.viewers > 0)
}

// claim makes w the window, unless there is one that comes to the front, or has just been opened. It waits for
// that for at most two seconds.
func (s *Server) claim(w *session) bool {
	s.mu.Lock()
	other := s.window
	if other == nil {
		s.window = w
	}
	s.mu.Unlock()
	if other == nil {
		return true
	}
	if other.show() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window = w // the other one hangs
	return true
}

func (s *Server) closed(w *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.window == w {
		s.window = nil
	}
}
