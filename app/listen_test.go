package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"syscall"
	"testing"

	"modelbeam/app/settings"
	"modelbeam/cmd/e2e/await"
)

// ports is a system on which addresses are taken or forbidden, and which tells what was asked for.
type ports struct {
	asked chan string
	fails map[string]error // by address; every other one can be had
	opens chan *brittle
}

func newPorts(fails map[string]error) *ports {
	return &ports{asked: make(chan string, 100), fails: fails, opens: make(chan *brittle, 1)}
}

func (p *ports) listen(_ context.Context, _, address string) (net.Listener, error) {
	p.asked <- address
	if err := p.fails[address]; err != nil {
		return nil, &net.OpError{Op: "listen", Err: err}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &brittle{Listener: l, broken: make(chan struct{})}
	p.opens <- b
	return b, nil
}

// all are the addresses that were asked for since it was called last.
func (p *ports) all() (addresses []string) {
	for {
		select {
		case a := <-p.asked:
			addresses = append(addresses, a)
		default:
			return addresses
		}
	}
}

// brittle is a listener that can break.
type brittle struct {
	net.Listener
	broken chan struct{}
}

func (b *brittle) Accept() (net.Conn, error) {
	<-b.broken
	return nil, errors.New("the network is gone")
}

func (b *brittle) Close() error {
	select {
	case <-b.broken:
	default:
		close(b.broken)
	}
	return b.Listener.Close()
}

// TestAnotherPortOnlyForOnce: when the port that was asked for is taken, another one at the same host will
// do after Retry, and only until the gateway has to open again.
func TestAnotherPortOnlyForOnce(t *testing.T) {
	const wanted = "127.0.0.1:4711"
	p := newPorts(map[string]error{wanted: syscall.EADDRINUSE})
	c := New(Options{StateDir: t.TempDir(), Listen: wanted, NoScan: true, NoMDNS: true, Demo: "off"}, slog.New(slog.DiscardHandler))
	c.listen = p.listen
	runs(t, c)
	await.True(t, "told", func() bool { return c.problemKind() == ProblemPortTaken })
	if got := p.all(); !slices.Equal(got, []string{wanted}) {
		t.Errorf("tried %q before anybody agreed to another port", got)
	}
	c.Retry()
	open := <-p.opens
	if got := p.all(); !slices.Equal(got, []string{"127.0.0.1:8717"}) {
		t.Errorf("after Retry: %q, want the usual port at the same host", got)
	}
	delete(p.fails, wanted)
	_ = open.Close()
	<-p.opens
	if got := p.all(); !slices.Equal(got, []string{wanted}) {
		t.Errorf("the other program has ended: %q", got)
	}
}

// TestNoOtherPortForOtherReasons: an address that may not be used is tried again as it is.
func TestNoOtherPortForOtherReasons(t *testing.T) {
	const wanted = "127.0.0.1:80"
	p := newPorts(map[string]error{wanted: syscall.EACCES})
	c := New(Options{StateDir: t.TempDir(), Listen: wanted, NoScan: true, NoMDNS: true, Demo: "off"}, slog.New(slog.DiscardHandler))
	c.listen = p.listen
	runs(t, c)
	for range 2 {
		if got := <-p.asked; got != wanted {
			t.Errorf("tried %q", got)
		}
		await.True(t, "told", func() bool { return c.problemKind() == ProblemListenFailed })
		c.Retry()
	}
	if got := <-p.asked; got != wanted {
		t.Errorf("tried %q", got)
	}
}

// TestUsualPorts: the last port first, then the usual one and those after it, then any.
func TestUsualPorts(t *testing.T) {
	p := newPorts(map[string]error{":9999": syscall.EADDRINUSE, ":8717": syscall.EADDRINUSE})
	c := New(Options{StateDir: t.TempDir(), NoScan: true, NoMDNS: true, Demo: "off"}, slog.New(slog.DiscardHandler))
	c.settings.Change(func(s *settings.Settings) { s.Port = 9999 })
	c.listen = p.listen
	stop := runs(t, c)
	open := <-p.opens
	if got := p.all(); !slices.Equal(got, []string{":9999", ":8717", ":8718"}) {
		t.Errorf("tried %q", got)
	}
	port := open.Addr().(*net.TCPAddr).Port
	await.True(t, "the port is remembered", func() bool { return c.settings.Get().Port == port })
	stop()
	if got := c.ports(); got[0] != port || got[len(got)-1] != 0 {
		t.Errorf("next time: %v", got)
	}
}
