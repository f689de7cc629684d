// Package mdns announces the gateway on the local network, so that phones and computers can
// list it and reach it by name. It speaks Multicast DNS (RFC 6762) and DNS-Based Service
// Discovery (RFC 6763): one _http._tcp service, and the A record of the host that it runs on.
//
// The work is done by two libraries side by side, because neither does all of it:
// github.com/grandcat/zeroconf announces, answers for the service and says goodbye, but never
// answers a question for a host's address (https://github.com/grandcat/zeroconf/issues/42);
// github.com/pion/mdns answers that question. Neither finds out whether the name of the service is free: that is
// done here, in claim.go.
package mdns

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"

	"github.com/grandcat/zeroconf"
)

const (
	serviceType = "_http._tcp"
	domain      = "local"
)

// Service is what is announced. It never holds a secret: everybody on the network can read it.
type Service struct {
	// Instance is the name that people see in a list, in any script: "Modelbeam on Anna's
	// MacBook". It is cut to the 63 bytes of a DNS label, between two characters. If another computer on
	// the network has the same name, a number is added: "... (2)".
	Instance string
	// Host is the first label of the host's name, without ".local": letters, digits and hyphens.
	// It must not be the machine's own host name: if that is announced, other responders rename the
	// machine, that of macOS among them. It must differ between computers, because a computer also tells
	// its own announcement from another's by it.
	Host string
	// Port is where the service listens.
	Port int
	// Addr is the one IPv4 address that Host resolves to.
	Addr netip.Addr
	// Interface is the only network interface that anything is announced on or answered from.
	Interface string
	// Text are the "key=value" strings of the TXT record, each at most 255 bytes (RFC 6763
	// section 6.1).
	Text []string
}

// Announce announces s until ctx ends, and returns nil when it has said goodbye. The host's address is announced at
// once; then it takes a second to find out whether the instance's name is free. It starts over with another name whenever that turns out to be
// taken, because a computer with the same name may join the network at any time. It returns an error, at
// once, if the service cannot be expressed in DNS, or if the interface is not there, is down or cannot do
// multicast.
//
// A change of address or text is a new announcement: end ctx, wait for the return, and announce
// again. Several may run at the same time when their hosts differ.
func Announce(ctx context.Context, s Service, log *slog.Logger) error {
	if err := s.validate(); err != nil {
		return fmt.Errorf("announce %q: %w", s.Instance, err)
	}
	ifc, err := multicastInterface(s.Interface)
	if err != nil {
		return fmt.Errorf("announce %q: %w", s.Instance, err)
	}
	c, err := newClaimer(s, ifc)
	if err != nil {
		return fmt.Errorf("announce %q: %w", s.Instance, err)
	}
	defer c.conn.Close()
	defer context.AfterFunc(ctx, func() { _ = c.conn.Close() })()
	host, err := answerHost(s.Host, s.Addr, ifc)
	if err != nil {
		return fmt.Errorf("answer for %s.%s: %w", s.Host, domain, err)
	}
	defer host.Close()
	announceHost(c.conn, s.Host, s.Addr)
	for ctx.Err() == nil && err == nil {
		err = announceOnce(ctx, s, ifc, c, host, log)
	}
	return err
}

// announceOnce announces s by the first name that is free, until ctx ends or another computer uses
// that name.
func announceOnce(ctx context.Context, s Service, ifc net.Interface, c *claimer, host io.Closer, log *slog.Logger) error {
	label := c.claim(ctx, instanceLabel(s.Instance))
	if ctx.Err() != nil {
		return nil
	}
	service, err := register(s, label, ifc)
	if err != nil {
		return fmt.Errorf("announce %q on %s: %w", label, s.Interface, err)
	}
	log.Debug("announcing", "instance", label, "host", s.Host, "addr", s.Addr, "interface", s.Interface)
	c.undisturbed(label)
	if ctx.Err() != nil {
		// The host must stop answering before the goodbye takes its address back. Otherwise a question in
		// between would put the address into everybody's cache again.
		_ = host.Close()
	} else {
		log.Info("another computer announces the same name", "instance", label)
	}
	service.Shutdown()
	log.Debug("no longer announcing", "instance", label)
	return nil
}

// register hands the service to zeroconf. Of its two ways only RegisterProxy will do: Register
// announces the machine's own host name without asking whether it is taken, and the addresses of
// all interfaces, of which clients then pick one that they cannot reach.
//
// The result's SetText and TTL must never be called: they race with the goroutines that answer.
func register(s Service, label string, ifc net.Interface) (*zeroconf.Server, error) {
	text := make([]string, len(s.Text))
	for i, t := range s.Text {
		text[i] = escapeText(t)
	}
	return zeroconf.RegisterProxy(escapeLabel(label), serviceType, domain, s.Port,
		s.Host, []string{s.Addr.String()}, text, []net.Interface{ifc})
}

// multicastInterface finds the interface, and fails if it cannot be used. Without this check zeroconf would accept
// it, and nobody would hear us.
func multicastInterface(name string) (net.Interface, error) {
	ifc, err := net.InterfaceByName(name)
	switch {
	case err != nil:
		return net.Interface{}, fmt.Errorf("find network interface %q: %w", name, err)
	case ifc.Flags&net.FlagUp == 0:
		return net.Interface{}, fmt.Errorf("network interface %q is down", name)
	case ifc.Flags&net.FlagMulticast == 0:
		return net.Interface{}, fmt.Errorf("network interface %q cannot do multicast", name)
	}
	return *ifc, nil
}
