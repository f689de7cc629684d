package contact

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// most is how many contacts a Ledger holds.
const most = 64

// Ledger holds the contacts of late, one for each (Peer, Kind, Local). The zero value is empty. Its methods may be
// called from any goroutine; none of them waits for anything but the others.
//
// It is bounded, and fair: whoever has the most contacts loses the oldest of his when there is no room. So one
// address, or one IPv6 /64, cannot push out what others left; and all that is Distant counts as one.
type Ledger struct {
	open atomic.Int32 // how many are of a kind that a request settles: most requests have nothing to look up

	mu      sync.RWMutex // guards the map; entries guard themselves
	entries map[key]*entry
}

type key struct {
	peer, local netip.Addr
	kind        Kind
}

// entry is a contact that goes on. Times are in nanoseconds since 1970.
type entry struct {
	first  time.Time
	last   atomic.Int64
	count  atomic.Int64
	device atomic.Pointer[string]
	detail atomic.Pointer[string]
}

// Note adds a contact: its Kind, Peer, Local, Device and Detail. Once the same was noted before, this takes a read
// lock and two atomic additions, and nothing from the heap.
func (l *Ledger) Note(c Contact) {
	if !c.Peer.IsValid() {
		return
	}
	k := key{c.Peer, c.Local, c.Kind}
	now := time.Now()
	l.mu.RLock()
	e := l.entries[k]
	l.mu.RUnlock()
	if e == nil {
		e = l.enter(k, now)
	}
	e.touch(now, c.Device, clean(c.Detail))
}

// touch notes one more of the same.
func (e *entry) touch(now time.Time, device, detail string) {
	e.count.Add(1)
	e.last.Store(now.UnixNano())
	set(&e.device, device)
	set(&e.detail, detail)
}

// set stores s unless it is there, or is nothing.
func set(p *atomic.Pointer[string], s string) {
	if is := p.Load(); s != "" && (is == nil || *is != s) {
		kept := strings.Clone(s) // s itself may be a part of a request's head, and would go to the heap each time
		p.Store(&kept)
	}
}

// enter makes the entry of k, unless another goroutine has just made it.
func (l *Ledger) enter(k key, now time.Time) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[k]; e != nil {
		return e
	}
	if l.entries == nil {
		l.entries = make(map[key]*entry)
	}
	e := &entry{first: now}
	e.last.Store(now.UnixNano())
	l.entries[k] = e
	if k.kind.settles() {
		l.open.Add(1)
	}
	for len(l.entries) > most {
		l.drop(l.surplus())
	}
	return e
}

// Recent returns the contacts, newest first, at most 64.
func (l *Ledger) Recent() []Contact {
	l.mu.RLock()
	all := make([]Contact, 0, len(l.entries))
	for k, e := range l.entries {
		all = append(all, e.contact(k))
	}
	l.mu.RUnlock()
	slices.SortFunc(all, func(a, b Contact) int {
		return cmp.Or(b.Last.Compare(a.Last), a.Peer.Compare(b.Peer), cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

func (e *entry) contact(k key) Contact {
	return Contact{
		Kind: k.kind, Peer: k.peer, Local: k.local,
		First: e.first, Last: time.Unix(0, e.last.Load()), Count: int(e.count.Load()),
		Device: text(&e.device), Detail: text(&e.detail),
	}
}

func text(p *atomic.Pointer[string]) string {
	if s := p.Load(); s != nil {
		return *s
	}
	return ""
}
