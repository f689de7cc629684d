package admission

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// handshakePause is how long a device that spoke TLS has to come back with plain HTTP. Browsers that
	// try https first do so at once, and their person sees nothing of it.
	handshakePause = 2 * time.Second
	// maxHandshakes bounds the memory for devices that did not come back yet.
	maxHandshakes = 64
)

// Handshakes are the devices that have just spoken TLS to us, which is plain HTTP. The zero value is ready.
type Handshakes struct {
	Tell func(peer netip.Addr) // on a goroutine of its own; it must return soon. Optional

	open   atomic.Int32 // how many wait: most requests have nothing to look up
	mu     sync.Mutex
	timers map[netip.Addr]*time.Timer
}

// Came notes a handshake. Unless the peer asks for something in time, that is told.
func (h *Handshakes) Came(peer netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, waits := h.timers[peer]; waits || len(h.timers) >= maxHandshakes {
		return
	}
	if h.timers == nil {
		h.timers = make(map[netip.Addr]*time.Timer)
	}
	h.timers[peer] = time.AfterFunc(handshakePause, func() {
		if h.forget(peer) && h.Tell != nil {
			h.Tell(peer)
		}
	})
	h.open.Add(1)
}

// Asked notes that a peer has asked for something by plain HTTP. It reports whether that one has come back in time.
func (h *Handshakes) Asked(peer netip.Addr) bool {
	return h.open.Load() > 0 && h.forget(peer.WithZone(""))
}

// forget reports whether the peer was waited for.
func (h *Handshakes) forget(peer netip.Addr) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	timer, waits := h.timers[peer]
	if waits {
		timer.Stop()
		delete(h.timers, peer)
		h.open.Add(-1)
	}
	return waits
}

// Stop forgets everybody who has come so far.
func (h *Handshakes) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for peer, timer := range h.timers {
		timer.Stop()
		delete(h.timers, peer)
		h.open.Add(-1)
	}
}
