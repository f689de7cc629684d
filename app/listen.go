package app

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"modelbeam/app/settings"
)

// readyWithin is how long Ready waits for the first look for servers: long enough that those which
// are running are there when a script's first request comes, short enough to be ready in a second.
const readyWithin = 500 * time.Millisecond

// portsTried is how many ports are tried after the usual one, before any free one is taken.
const portsTried = 10

// keepListening keeps the gateway open until ctx ends. When it cannot open, the person is told, and
// it waits for them to try again.
func (c *Controller) keepListening(ctx context.Context) {
	anyPort := false
	for ctx.Err() == nil {
		l, err := c.bind(ctx, anyPort)
		if err == nil {
			anyPort = false
			c.serve(ctx, l)
			continue
		}
		c.news.problem(c.cannotListen(err))
		wait(ctx.Done(), c.retry)
		anyPort = errors.Is(err, syscall.EADDRINUSE)
	}
}

// bind binds the gateway's address: the one that was asked for or, with anyPort, its host at another
// port; without one, all interfaces at the last port, the usual one, or one near it.
func (c *Controller) bind(ctx context.Context, anyPort bool) (net.Listener, error) {
	if c.opts.Listen != "" && !anyPort {
		return c.listen(ctx, "tcp", c.opts.Listen)
	}
	host := ""
	if c.opts.Listen != "" {
		host, _, _ = net.SplitHostPort(c.opts.Listen) // checked when it was parsed
	}
	var l net.Listener
	var err error
	for _, port := range c.ports() {
		if l, err = c.listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port))); err == nil {
			return l, nil
		}
	}
	return nil, err
}

// ports are those to try, in order; the last is the system's choice.
func (c *Controller) ports() []int {
	var ports []int
	if last := c.settings.Get().Port; last != 0 {
		ports = append(ports, last)
	}
	for i := range portsTried {
		ports = append(ports, DefaultPort+i)
	}
	return append(ports, 0)
}

func (c *Controller) cannotListen(err error) (kind ProblemKind, p *Problem) {
	if _, port, splitErr := net.SplitHostPort(c.opts.Listen); splitErr == nil && errors.Is(err, syscall.EADDRINUSE) {
		return ProblemPortTaken, portTaken(port, err)
	}
	return ProblemListenFailed, listenFailed(c.opts.Listen, err)
}

// serve lets phones in until ctx ends or the listener breaks.
func (c *Controller) serve(ctx context.Context, l net.Listener) {
	port := l.Addr().(*net.TCPAddr).Port
	c.servers.setOwnPort(port)
	c.news.problem(ProblemPortTaken, nil)
	c.news.problem(ProblemListenFailed, nil)
	c.reach.Opened(l.Addr().String())
	c.settings.Change(func(s *settings.Settings) {
		if c.opts.Listen == "" {
			s.Port = port
		}
	})
	c.log.Info("sharing", "listen", l.Addr().String())
	nudge(c.invitations.renew)
	telling, told := context.WithCancel(ctx)
	var teller sync.WaitGroup
	teller.Go(func() { c.tellReady(telling.Done()) })
	defer teller.Wait()
	defer told()
	if err := c.gateway.Serve(ctx, l); err != nil && ctx.Err() == nil {
		c.log.Error("serve the gateway", "error", err)
	}
	if ctx.Err() == nil {
		c.reach.Opened("")
	}
}

// tellReady sends the ready event as soon as there is something to be ready with.
func (c *Controller) tellReady(done <-chan struct{}) {
	if r, ok := AwaitReady(c, readyWithin, done); ok {
		c.news.event("ready", r)
	}
}

// AwaitReady waits until the gateway is open and, no longer than patience, until there is a code to show. It is
// false when done was closed first.
func AwaitReady(from Source, patience time.Duration, done <-chan struct{}) (Ready, bool) {
	open, shown := make(chan struct{}, 1), make(chan struct{}, 1)
	stop := from.Watch(func(s State) {
		if s.Listen != "" {
			nudge(open)
		}
		if s.Phase != Searching && s.Pairing.URL != "" {
			nudge(shown)
		}
	})
	defer stop()
	if !wait(done, open) {
		return Ready{}, false
	}
	select {
	case <-done:
		return Ready{}, false
	case <-shown:
	case <-time.After(patience):
	}
	s := from.State()
	return Ready{Listen: s.Listen, URLs: s.URLs, PairURL: s.Pairing.URL, Code: s.Pairing.Code}, true
}
