package app

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"modelbeam/discovery/lan"
)

// networksKept is how long the networks of this machine are believed to stay as they are. It is
// short: whoever has just joined the Wi-Fi is at its address at once.
const networksKept = 2 * time.Second

// neighbourhood remembers which networks this machine is in, for requests from public addresses: of
// those somebody outside may send any number.
type neighbourhood struct {
	log  *slog.Logger
	look func() ([]netip.Prefix, error)

	mu       sync.Mutex
	looked   time.Time
	networks []netip.Prefix
}

func newNeighbourhood(log *slog.Logger) *neighbourhood {
	return &neighbourhood{log: log, look: lan.Networks}
}

// current returns the networks. It is for tunnel.Gateway.Networks.
func (n *neighbourhood) current() []netip.Prefix {
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.looked) < networksKept {
		return n.networks
	}
	networks, err := n.look()
	n.looked = time.Now()
	if err != nil { // for want of a file, such as when too many are open
		n.log.Warn("The networks of this computer cannot be listed", "err", err)
		return n.networks
	}
	n.networks = networks
	return n.networks
}
