package reach

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"modelbeam/discovery/lan"
)

// networksLast is how long the networks of this machine are taken to stay as they are. It is
// short: whoever has just joined the Wi-Fi is at its address at once.
const networksLast = 2 * time.Second

// Networks remembers which networks this machine is in, for requests from public addresses: of
// those somebody outside may send any number.
type Networks struct {
	log  *slog.Logger
	look func() ([]netip.Prefix, error)

	mu       sync.Mutex // guards what follows
	looked   time.Time
	networks []netip.Prefix
}

// NewNetworks makes a Networks that has not looked yet.
func NewNetworks(log *slog.Logger) *Networks { return &Networks{log: log, look: lan.Networks} }

// Current returns the networks, as they were at most 2 s ago. Those that were known stay when they
// cannot be listed.
func (n *Networks) Current() []netip.Prefix {
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.looked) < networksLast {
		return n.networks
	}
	networks, err := n.look()
	n.looked = time.Now()
	if err != nil { // for want of a file, such as when too many are open
		n.log.Warn("list the networks of this computer", "error", err)
		return n.networks
	}
	n.networks = networks
	return n.networks
}
