package contact

import "net/netip"

// settles reports whether contacts of the kind are over when something follows.
func (k Kind) settles() bool { return k == Secure || k == Preflight }

// Followed takes back the Preflight of a peer, because the request of that origin has come. While there is nothing to
// take back, which is nearly always, it looks at one number.
func (l *Ledger) Followed(peer, local netip.Addr, origin string) {
	if l.open.Load() == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key{peer, local, Preflight}
	if e := l.entries[k]; e != nil && text(&e.detail) == clean(origin) {
		l.drop(k)
	}
}

// Upgraded takes back what a peer tried by TLS, because it has come back with plain HTTP by itself.
func (l *Ledger) Upgraded(peer netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.entries {
		if k.kind == Secure && k.peer == peer {
			l.drop(k)
		}
	}
}

// drop forgets a contact. l.mu is held.
func (l *Ledger) drop(k key) {
	if k.kind.settles() {
		l.open.Add(-1)
	}
	delete(l.entries, k)
}
