// Package admission decides which connections a server on a home network keeps. Whoever has shown a
// key may hold as many as it likes. All others share a little room, so that nobody can fill the
// memory of a laptop, or use up its sockets, by doing nothing on many connections. Nobody new is
// ever turned away: when the room is full, the one goes that has done nothing for longest.
package admission

import (
	"container/list"
	"net"
	"net/netip"
	"sync"
	"time"

	"modelbeam/tunnel/contact"
)

// What a connection without a key takes of the room: this much for itself, as measured with net/http
// and its goroutine, and for every byte of a request's head two, since net/http copies it.
const (
	ownWeight  = 32 << 10
	byteWeight = 2
)

// The room, in bytes. A browser opens six connections to show the page; a home has some dozens of
// devices, each of which has an IPv6 /64 with all the others in common.
const (
	addressRoom = 6 << 20  // 192 connections of one address that send nothing
	networkRoom = 12 << 20 // 384 of an IPv6 /64
	totalRoom   = 20 << 20 // 640 of all
)

const (
	// A program with a key may open its connections all at once, and each has none until its first
	// request was read. So only a full house costs a connection its place that is younger than this,
	// unless its head is larger than any that browsers and SDKs send.
	grace     = 3 * time.Second
	smallHead = 12 << 10

	// Reading lasts no longer than this on a connection without a key, where net/http would wait
	// without end: for the body of a request that was answered, or of one that it refuses by itself.
	patience = 15 * time.Second
	// Between two requests it may last so long, whatever http.Server.IdleTimeout is. Whoever has guessed too
	// often is told to come back in a minute, and must not do so just when the connection ends.
	idle = 75 * time.Second
)

// Desk lets connections in. Its methods may be called from any goroutine.
type Desk struct {
	// Encrypted is called once for each connection that begins with TLS, with the other end's
	// address; the connection ends with that. It must return at once. Optional, and set before
	// Listen.
	Encrypted func(peer netip.Addr)
	// Contacts is told what came of each connection before there was a request on it, and of the first request.
	// Optional, and set before Listen.
	Contacts *contact.Ledger

	mu      sync.Mutex
	waiting list.List            // of *Conn without a key; who has done nothing for longest comes first
	held    map[netip.Prefix]int // bytes, by address and by network
	total   int
}

// New returns an empty Desk.
func New() *Desk { return &Desk{held: make(map[netip.Prefix]int)} }

// enter takes a new connection in.
func (d *Desk) enter(c *Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c.place = d.waiting.PushBack(c)
	d.weigh(c, ownWeight)
	d.makeRoom(c)
}

// greet notes the first bytes on c.
func (d *Desk) greet(c *Conn, first []byte) {
	came, detail := contact.Garbage, speechOf(first) // until there is a request
	if isTLS(first) {
		came = contact.Secure
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c.came, c.detail = came, detail
}

// grew notes that n bytes of a head have come on c.
func (d *Desk) grew(c *Conn, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.place == nil || !c.reading {
		return
	}
	d.weigh(c, n*byteWeight)
	d.makeRoom(c)
}

// turn notes that a request began or ended on c, which has done something then.
func (d *Desk) turn(c *Conn, reading bool) {
	if d.turned(c, reading) {
		d.note(c, contact.Asked, "")
	}
}

// turned is the part of turn with the lock. It reports whether this is the first request on c.
func (d *Desk) turned(c *Conn, reading bool) (first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if first = !reading && c.came != contact.Asked; first {
		c.came = contact.Asked
	}
	c.reading = reading
	if c.place == nil {
		return first
	}
	d.waiting.MoveToBack(c.place)
	if reading {
		d.weigh(c, ownWeight-c.weight)
	}
	return first
}

// leave takes c off the list: it has shown a key.
func (d *Desk) leave(c *Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.strike(c)
}

// end takes c off the list because it has ended, and notes what came of one without a request.
func (d *Desk) end(c *Conn) {
	d.mu.Lock()
	d.strike(c)
	came, detail := c.came, c.detail
	c.came = contact.Asked // nothing more is to be noted
	d.mu.Unlock()
	if came != contact.Asked {
		d.note(c, came, detail)
	}
}

// note tells the ledger what came of c. No lock is held: the ledger has its own.
func (d *Desk) note(c *Conn, kind contact.Kind, detail string) {
	if d.Contacts != nil {
		d.Contacts.Note(contact.Contact{Kind: kind, Peer: peerOf(c.RemoteAddr()), Local: peerOf(c.LocalAddr()).WithZone(""), Detail: detail})
	}
}

// relieve ends some of the connections without a key, when the process has no more sockets: the
// files of the laptop's own need some too.
func (d *Desk) relieve() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for range max(d.waiting.Len()/8, 1) {
		if first := d.waiting.Front(); first != nil {
			d.evict(first.Value.(*Conn))
		}
	}
}

// The rest is called with d.mu held.

func (d *Desk) weigh(c *Conn, n int) {
	c.weight += n
	d.total += n
	for _, p := range c.prefixes {
		if d.held[p] += n; d.held[p] <= 0 {
			delete(d.held, p)
		}
	}
}

func (d *Desk) strike(c *Conn) {
	if c.place == nil {
		return
	}
	d.weigh(c, -c.weight)
	d.waiting.Remove(c.place)
	c.place = nil
}

func (d *Desk) evict(c *Conn) {
	d.strike(c)
	_ = c.Conn.Close()
}

// makeRoom ends the oldest connections that share a room with c which is too full. When the house is,
// those go first whose own room is too, spared or not: a phone must not pay for a neighbour's burst.
func (d *Desk) makeRoom(c *Conn) {
	for i, p := range c.prefixes {
		for d.held[p] > roomOf(i) {
			oldest := d.oldest(func(o *Conn) bool { return o.in(p) && !o.spared() })
			if oldest == nil {
				break
			}
			d.evict(oldest)
		}
	}
	for d.total > totalRoom {
		oldest := d.oldest(d.crowds)
		if oldest == nil {
			oldest = d.waiting.Front().Value.(*Conn)
		}
		d.evict(oldest)
	}
}

// crowds reports whether c shares a room that is too full.
func (d *Desk) crowds(c *Conn) bool {
	for i, p := range c.prefixes {
		if d.held[p] > roomOf(i) {
			return true
		}
	}
	return false
}

// roomOf is the room of the i-th of prefixesOf.
func roomOf(i int) int {
	if i > 0 {
		return networkRoom
	}
	return addressRoom
}

func (d *Desk) oldest(among func(*Conn) bool) *Conn {
	for e := d.waiting.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*Conn); among(c) {
			return c
		}
	}
	return nil
}

// prefixesOf are the rooms that a peer takes of: of its address and, since a device can take any
// address of its IPv6 /64, of that. The peer of a connection that is no network's has none.
func prefixesOf(peer net.Addr) []netip.Prefix {
	tcp, ok := peer.(*net.TCPAddr)
	if !ok {
		return nil
	}
	a := tcp.AddrPort().Addr().Unmap().WithZone("")
	rooms := []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	if a.Is6() {
		network, _ := a.Prefix(64) // which all of IPv6 have
		rooms = append(rooms, network)
	}
	return rooms
}
