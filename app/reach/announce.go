package reach

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"modelbeam/discovery/mdns"
)

// hostName is our mDNS host, one of our own: the computer's may be taken already, and whoever
// announces a name that is taken makes the other one change its name.
func hostName(id string) string { return "modelbeam-" + id[:4] }

// Instance is what a computer of this name is called on the network.
func Instance(name string) string { return "Modelbeam on " + name }

// HostNames are this machine's names, besides the address that a connection comes in on: our
// own, the computer's, and the one that the command line advertises.
func (r *Reach) HostNames() []string {
	names := []string{hostName(r.opts.ID) + ".local"}
	if name, err := os.Hostname(); err == nil && name != "" {
		bare, _, _ := strings.Cut(name, ".")
		names = append(names, name, bare, bare+".local")
	}
	if r.opts.Advertise != "" {
		names = append(names, hostOnly(r.opts.Advertise))
	}
	return names
}

// LocalURL is the connect page's address that stays when the IP address changes, where one is
// announced; else it is empty.
func (r *Reach) LocalURL() string {
	v := r.View()
	if r.wanted(v).Port == 0 {
		return ""
	}
	return "http://" + net.JoinHostPort(hostName(r.opts.ID)+".local", v.port())
}

// Announce announces the gateway on the network while phones can use it, and again when the
// address changes, until ctx ends.
func (r *Reach) Announce(ctx context.Context) {
	if !r.opts.Announce {
		return
	}
	var now announcement
	stop := func() {}
	defer func() { stop() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.announce:
		}
		next := r.wanted(r.View())
		if now.equal(next) {
			continue
		}
		stop()
		now, stop = next, func() {}
		if now.Port != 0 {
			stop = r.announceInBackground(ctx, now.Service)
		}
	}
}

// announceInBackground announces s until ctx ends or stop is called, which waits for the end.
func (r *Reach) announceInBackground(ctx context.Context, s mdns.Service) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { r.announceUntil(ctx, s) })
	return func() {
		cancel()
		running.Wait()
	}
}

// announceAgainAfter is how long to wait before an announcement that failed is tried again: another
// program may hold the port, or the interface not be able to do multicast yet.
const announceAgainAfter = 5 * time.Second

// announceUntil announces s until ctx ends, also when that is not possible at first.
func (r *Reach) announceUntil(ctx context.Context, s mdns.Service) {
	told := false
	for {
		err := mdns.Announce(ctx, s, r.log)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !told {
			// The QR code holds an address: everything works without the announcement.
			r.log.Warn("announce on the network failed; trying again", "error", err, "every", announceAgainAfter)
			told = true
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(announceAgainAfter):
		}
	}
}

// wanted is what to announce, on the interface of the address in the QR code; its Port is 0 when
// there is nothing. Loopback is no network.
func (r *Reach) wanted(v View) announcement {
	at, ok := v.inCode()
	if v.Listen == "" || !v.announced || !ok {
		return announcement{}
	}
	port, _ := strconv.Atoi(v.port()) // of a bound address
	return announcement{index: at.Index, Service: mdns.Service{
		Instance:  Instance(r.settings.Get().DisplayName()),
		Host:      hostName(r.opts.ID),
		Port:      port,
		Addr:      at.Addr,
		Interface: at.Interface,
		Text:      []string{"txtvers=1", "path=/", "api=openai", "base=/v1", "auth=bearer", "id=" + r.opts.ID},
	}}
}

// announcement is a wish to be announced.
type announcement struct {
	mdns.Service
	index int // of the interface: one that was taken away and came again has lost what was said on it
}

func (a announcement) equal(b announcement) bool {
	return a.Instance == b.Instance && a.Port == b.Port && a.Addr == b.Addr && a.Interface == b.Interface && a.index == b.index
}
