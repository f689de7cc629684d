package control

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/app"
)

// farewell is how long a session may take to say goodbye when the service ends.
const farewell = 500 * time.Millisecond

// openWithin is how long a window may take until it is on the screen. A computer that is busy takes seconds for
// that, in which a person clicks again.
const openWithin = 20 * time.Second

// session is one client of the server. What it asked for that holds only while it is there ends with it:
// nobody sees the pairing code of a window that is gone.
type session struct {
	server *Server
	conn   net.Conn
	hello  hello
	out    chan message
	done   chan struct{} // closed when the client is gone

	began time.Time
	seen  atomic.Bool   // the window was on the screen
	shown chan struct{} // it is in front

	// Of the goroutine that reads.
	methods map[string]method
	visible bool // the pairing code
	closed  bool // the code was taken away, as by a window that is closed
	invited bool
}

func newSession(s *Server, conn net.Conn, h hello) *session {
	return &session{
		server: s, conn: conn, hello: h, methods: methods(s.Core), began: time.Now(),
		out: make(chan message), done: make(chan struct{}), shown: make(chan struct{}, 1),
	}
}

// run serves the client until it goes or ctx ends.
func (s *session) run(ctx context.Context, lines *reader) {
	var writer sync.WaitGroup
	writer.Go(func() { s.write(ctx) })
	var stops []func()
	if s.hello.Events { // first, so that nothing is missed that the first State does not know
		stops = append(stops, s.server.Core.Events(s.sendEvent))
	}
	stops = append(stops, s.server.Core.Watch(func(state app.State) { s.send(message{State: wrap(state)}) }))
	s.read(lines)
	close(s.done)
	for _, stop := range stops {
		stop()
	}
	_ = s.conn.Close()
	writer.Wait()
	s.forget(ctx)
}

// forget takes back what the client asked for.
func (s *session) forget(ctx context.Context) {
	// A window that is closed takes its code away first. One that ends at once has not even said that it shows one.
	if !s.seen.Load() && !s.closed && s.hello.Role == RoleWindow && s.server.Unseen != nil && ctx.Err() == nil {
		s.server.Unseen()
	}
	if s.visible {
		s.server.ShowCode(false)
	}
	if s.invited {
		s.server.Core.Invite(app.Invitation{})
	}
}

// send hands a message to the writer. A client that does not read holds up nobody else: who sends to it is
// a watcher of its own.
func (s *session) send(m message) {
	select {
	case s.out <- m:
	case <-s.done:
	}
}

func (s *session) sendEvent(e app.Event) {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		s.server.Log.Error("encode an event", "event", e.Event, "error", err)
		return
	}
	s.send(message{Event: &event{Event: e.Event, Time: e.Time, Detail: detail}})
}

// write writes what is sent. When the service ends it says goodbye: without that it was killed.
func (s *session) write(ctx context.Context) {
	for {
		select {
		case m := <-s.out:
			if err := writeLine(s.conn, m); err != nil {
				_ = s.conn.Close() // ends read too
				return
			}
		case <-s.done:
			return
		case <-ctx.Done():
			_ = writeLine(s.conn, message{Bye: true})
			_ = s.conn.Close()
			return
		}
	}
}

// read acts on what the client calls until it goes.
func (s *session) read(lines *reader) {
	for {
		var m message
		if lines.read(&m) != nil {
			return
		}
		if err := s.call(m); err != nil {
			s.server.Log.Warn("a call that makes no sense", "call", m.Call, "error", err)
			return
		}
	}
}

// call runs one call. Names that are not known are those of a newer client, and left alone.
func (s *session) call(m message) error {
	switch m.Call {
	case "ShowCode":
		return one(s.showCode)(m.Args, nil)
	case "Invite":
		return one(s.invite)(m.Args, nil)
	case "Shown":
		s.seen.Store(true)
		select {
		case s.shown <- struct{}{}:
		default:
		}
		return nil
	case "Quit":
		s.server.Stop()
		return nil
	}
	do, known := s.methods[m.Call]
	if !known {
		s.server.Log.Warn("a call that is not known here", "call", m.Call)
		return nil
	}
	return do(m.Args, func(result any) { s.answer(m.ID, result) })
}

// answer sends the result of a call. It is called on a goroutine of the core, which a client that does not
// read must not hold up for long.
func (s *session) answer(id uint64, result any) {
	encoded, err := json.Marshal(result)
	if err != nil {
		s.server.Log.Error("encode a result", "error", err)
		return
	}
	select {
	case s.out <- message{ID: id, Result: encoded}:
	case <-s.done:
	case <-time.After(showWithin):
	}
}

func (s *session) showCode(visible bool) {
	s.closed = !visible
	if visible != s.visible {
		s.visible = visible
		s.server.ShowCode(visible)
	}
}

func (s *session) invite(i app.Invitation) {
	s.invited = i.Guest()
	s.server.Core.Invite(i)
}

// show asks the window to come to the front, and reports whether it said that it has. One that is just opening
// comes to the front by itself.
func (s *session) show() bool {
	if !s.seen.Load() && time.Since(s.began) < openWithin {
		return true
	}
	select {
	case <-s.shown: // of an earlier time
	default:
	}
	patience := time.NewTimer(showWithin)
	defer patience.Stop()
	select {
	case s.out <- message{Show: true}:
	case <-s.done:
		return false
	case <-patience.C:
		return false
	}
	select {
	case <-s.shown:
		return true
	case <-s.done:
	case <-patience.C:
	}
	return false
}
