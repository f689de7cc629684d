package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"modelbeam/app"
	"modelbeam/app/feed"
)

// lookEvery is how often a window whose service is gone looks for another one.
const lookEvery = 500 * time.Millisecond

// ErrShown says that the window is not needed: another one has come to the front.
var ErrShown = errors.New("another window has come to the front")

// ErrEnded says that the service ended and was not asked to.
var ErrEnded = errors.New("the Modelbeam shown here has ended: start it again with beam")

// Options say what a Link is for.
type Options struct {
	Dir    string // the state folder
	Role   Role
	Events bool // have the service's events too
	// Service is the command line that starts a service; empty: none is ever started.
	Service []string
	// Show is told, on a goroutine of the Link, that the window is to come to the front. When it has, it
	// calls Shown. It may be nil.
	Show func()
}

// Link is the Controller of a service, for another process: it has its methods, which return at once and may
// be called from any goroutine. While the service cannot be reached, the State says so, and Retry starts
// it again; so does whoever else starts one. Make it with Open, and call Run.
type Link struct {
	o      Options
	life   context.Context // ends with Run
	end    context.CancelFunc
	nudges chan struct{} // Retry was called while the service was gone
	states feed.Values[app.State]
	events feed.Journal[app.Event]

	mu       sync.Mutex // guards what follows
	conn     *connection
	codeApps []app.CodeApp
	state    app.State
	visible  bool // the pairing code
	seen     bool // the window
	waiting  []func()
}

// Open connects to the service of a state folder. Where Options have a command line for that it starts one if
// none runs, and opens even when the one that runs is of another version. The error is ErrNotRunning,
// ErrShown, a *VersionError or an *OwnerError, or it says what kept the service from starting.
func Open(ctx context.Context, o Options) (*Link, error) {
	l := &Link{o: o, nudges: make(chan struct{}, 1)}
	l.life, l.end = context.WithCancel(context.WithoutCancel(ctx))
	err := l.connect(ctx)
	if errors.Is(err, ErrNotRunning) && len(o.Service) > 0 {
		err = l.start(ctx)
	}
	if other := (*VersionError)(nil); errors.As(err, &other) && len(o.Service) > 0 {
		l.lost(app.OtherVersion(err))
		return l, nil
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// Run keeps the Link until ctx ends or the service says goodbye: then the error is nil. Without a command
// line to start a service it ends with ErrEnded when that is gone. It is called once.
func (l *Link) Run(ctx context.Context) error {
	defer l.close()
	defer context.AfterFunc(ctx, l.end)()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		if c := l.connection(); c != nil {
			bye := c.run(l.life, l.receive)
			if bye || l.life.Err() != nil {
				return nil
			}
			l.lost(app.ServiceEnded(nil))
			if len(l.o.Service) == 0 {
				return ErrEnded
			}
		}
		select {
		case <-l.life.Done():
			return nil
		case <-look.C:
			if err := l.connect(l.life); errors.Is(err, ErrShown) {
				return nil
			}
		case <-l.nudges:
			if err := l.restart(l.life); errors.Is(err, ErrShown) {
				return nil
			} else if err != nil {
				l.lost(app.ServiceEnded(err))
			}
		}
	}
}

// close ends what Open began.
func (l *Link) close() {
	l.end()
	l.mu.Lock()
	c, waiting := l.conn, l.waiting
	l.conn, l.waiting = nil, nil
	l.mu.Unlock()
	if c != nil {
		_ = c.conn.Close()
	}
	for _, wait := range waiting {
		wait()
	}
}

// connect makes the service's State ours.
func (l *Link) connect(ctx context.Context) error {
	c, err := connect(ctx, l.o.Dir, l.o.Role, l.o.Events)
	if err != nil {
		return err
	}
	if c == nil {
		return ErrShown
	}
	first, err := l.firstState(c)
	if err != nil {
		_ = c.conn.Close()
		return whileEnding(fmt.Errorf("the Modelbeam that is running does not say how it is: %w", err))
	}
	l.mu.Lock()
	l.conn, l.codeApps, l.state = c, c.codeApps, first
	visible, seen := l.visible, l.seen
	l.mu.Unlock()
	if visible {
		c.call("ShowCode", nil, true)
	}
	if seen {
		c.call("Shown", nil)
	}
	l.states.Changed()
	return nil
}

// firstState waits for the State that every session begins with. Events may come before it.
func (l *Link) firstState(c *connection) (app.State, error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(helloWithin))
	for {
		var m message
		if err := c.lines.read(&m); err != nil {
			return app.State{}, err
		}
		if m.State != nil {
			return m.State.unwrap(), c.conn.SetReadDeadline(time.Time{})
		}
		l.receive(m)
	}
}

// start starts a service and connects to it.
func (l *Link) start(ctx context.Context) error {
	wait, err := startService(ctx, l.life, l.o.Service, l.connect)
	l.mu.Lock()
	l.waiting = append(l.waiting, wait)
	l.mu.Unlock()
	return err
}

// restart is what the person asked for: a service that runs, and of our version.
func (l *Link) restart(ctx context.Context) error {
	err := l.connect(ctx)
	if other := (*VersionError)(nil); errors.As(err, &other) {
		if err := Stop(ctx, l.o.Dir); err != nil && !errors.Is(err, ErrNotRunning) {
			return err
		}
		err = ErrNotRunning
	}
	if errors.Is(err, ErrNotRunning) {
		return l.start(ctx)
	}
	return err
}

// lost notes that there is no service, and tells why.
func (l *Link) lost(p *app.Problem) {
	l.mu.Lock()
	l.conn, l.state = nil, app.Gone(l.state, p)
	l.mu.Unlock()
	l.states.Changed()
}

// receive is told what the service sends.
func (l *Link) receive(m message) {
	switch {
	case m.State != nil:
		l.mu.Lock()
		l.state = m.State.unwrap()
		l.mu.Unlock()
		l.states.Changed()
	case m.Event != nil:
		l.events.Write(app.Event{Event: m.Event.Event, Time: m.Event.Time, Detail: m.Event.Detail})
	case m.Show && l.o.Show != nil:
		l.o.Show()
	}
}

func (l *Link) connection() *connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// call sends a call, if there is a service; it reports whether the call is on its way.
func (l *Link) call(name string, args ...any) bool {
	return l.ask(name, nil, args...)
}

func (l *Link) ask(name string, answered func(json.RawMessage), args ...any) bool {
	c := l.connection()
	return c != nil && c.call(name, answered, args...)
}
