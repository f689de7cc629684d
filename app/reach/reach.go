// Package reach knows how phones reach this computer: at which of its addresses, which of them
// the QR code has, and the announcement that lets them follow when it changes. What it knows at one
// moment is a View.
package reach

import (
	"context"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"modelbeam/app/settings"
	"modelbeam/discovery/lan"
)

// Options say what does not change while Modelbeam runs.
type Options struct {
	Advertise string // host or host:port for the QR code, instead of the best address
	Announce  bool   // whether anything is said by mDNS
	ID        string // of this installation, 8 hex digits
}

// Reach follows the network and the gateway's address. Its methods may be called from any goroutine
// and do not wait. It calls others without a lock of its own held.
type Reach struct {
	opts     Options
	log      *slog.Logger
	settings *settings.Store
	changed  func()        // told that the View is another one
	announce chan struct{} // wakes Announce: what is announced may have changed

	mu        sync.Mutex // guards what follows
	listen    string     // the gateway's bound address; empty until it is open
	paused    bool       // it lets nobody in
	bound     bool       // we have the one address that it listens on, or it listens on all
	survey    lan.Survey
	surveyed  bool            // survey is one
	left      map[string]bool // addresses that we had and no longer have; replaced, never changed
	dismissed string          // the address that the person knows is new
}

// New makes a Reach that calls changed whenever the View may have changed. The person's choice of
// an address is kept in s.
func New(o Options, s *settings.Store, changed func(), log *slog.Logger) *Reach {
	return &Reach{opts: o, settings: s, changed: changed, log: log, announce: make(chan struct{}, 1)}
}

// Watch follows the addresses of this machine until ctx ends.
func (r *Reach) Watch(ctx context.Context) { lan.Watch(ctx, r.log, r.Surveyed) }

// Surveyed takes note of the addresses that this machine has now.
func (r *Reach) Surveyed(s lan.Survey) {
	r.mu.Lock()
	left := maps.Clone(r.left)
	if left == nil {
		left = make(map[string]bool)
	}
	for _, n := range r.survey.Candidates {
		left[n.Addr.String()] = true
	}
	for _, n := range s.Candidates {
		delete(left, n.Addr.String())
	}
	r.survey, r.surveyed, r.left = s, true, left
	r.checkBound()
	r.mu.Unlock()
	r.learnChoice(s.Candidates)
	r.tell()
}

// Opened takes note of the address that the gateway listens on; it is empty when it is closed.
func (r *Reach) Opened(listen string) {
	r.mu.Lock()
	r.listen = listen
	r.checkBound()
	r.mu.Unlock()
	r.tell()
}

// SetPaused says whether the gateway lets anybody in: while it does not, nothing is announced.
func (r *Reach) SetPaused(paused bool) {
	r.mu.Lock()
	r.paused = paused
	r.mu.Unlock()
	r.tell()
}

// Reread says that the settings were read late: our name or the choice may have changed.
func (r *Reach) Reread() { r.tell() }

// tell wakes everybody who acts on a change. The caller does not hold r.mu.
func (r *Reach) tell() {
	select {
	case r.announce <- struct{}{}:
	default: // Announce will look anyway
	}
	r.changed()
}

// checkBound notes whether we have the one address that the gateway listens on. The caller holds
// r.mu.
func (r *Reach) checkBound() {
	ip, one := boundTo(r.listen)
	r.bound = !one || lan.Has(ip)
}

// Use puts the address ip of this machine into the QR code; empty means the best one. The choice
// is of the interface and its network: it holds when the router gives us another address there, and only in the place
// where it was made.
func (r *Reach) Use(ip string) {
	picked := settings.Choice{Address: ip}
	candidates := r.Candidates()
	if i := slices.IndexFunc(candidates, func(n lan.Candidate) bool { return n.Addr.String() == ip }); i >= 0 {
		picked = choiceOf(candidates, i)
	}
	r.settings.Change(func(s *settings.Settings) { s.Choice = picked })
	r.tell()
}

// Candidates are the addresses of this machine that phones could use, the best first.
func (r *Reach) Candidates() []lan.Candidate {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.survey.Candidates
}

// learnChoice keeps what was chosen up to date, so that it is found again: where an address was
// remembered alone, and where it has changed.
func (r *Reach) learnChoice(candidates []lan.Candidate) {
	now := r.settings.Get().Choice
	i := chosen(candidates, now)
	if now.Address == "" || i < 0 {
		return
	}
	learned := choiceOf(candidates, i)
	if now.Place != "" {
		learned.Place = now.Place // also where another network has become the best there
	}
	if learned != now {
		r.settings.Change(func(s *settings.Settings) { s.Choice = learned })
	}
}

// DismissMove takes note that the person knows of the new address: View.Moved does not tell of
// it any more.
func (r *Reach) DismissMove() {
	best := r.View().best()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dismissed = best
}

// View returns how phones reach us at this moment.
func (r *Reach) View() View {
	choice := r.settings.Get().Choice
	r.mu.Lock()
	defer r.mu.Unlock()
	v := View{
		Listen: r.listen, Surveyed: r.surveyed, Missing: r.survey.Missing,
		advertise: r.opts.Advertise, candidates: r.survey.Candidates, left: r.left, dismissed: r.dismissed,
	}
	if ip, one := boundTo(r.listen); one && r.surveyed && !r.bound {
		v.Gone = ip.String()
	}
	v.Addresses = v.addresses(choice)
	v.URLs = v.urls()
	v.announced = r.opts.Announce && !r.paused
	return v
}

// boundTo is the one address that the gateway listens on, unless it listens on all.
func boundTo(listen string) (netip.Addr, bool) {
	bound, err := netip.ParseAddrPort(listen)
	if err != nil || bound.Addr().IsUnspecified() {
		return netip.Addr{}, false
	}
	return bound.Addr().Unmap(), true
}

// By returns the address of ours that is worth remembering of one that a device used: phones are given
// IPv4 addresses, and loopback is no phone's way. It is empty when there is none.
func By(local netip.Addr) string {
	if local = local.Unmap(); !local.Is4() || local.IsLoopback() {
		return ""
	}
	return local.String()
}
