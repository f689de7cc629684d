package doctor

import (
	"net/netip"
	"slices"
	"time"

	"modelbeam/discovery/firewall"
	"modelbeam/discovery/vicinity"
	"modelbeam/tunnel/contact"
)

// Facts are all that a Diagnosis is made from. It is a plain value.
type Facts struct {
	Now   time.Time
	Since time.Time // what happened before does not count: the code was shown then, or the person's trouble began
	Shows Shows
	// CodeBefore is an address that the code had since Since, and no longer has.
	CodeBefore netip.Addr
	// Waited says that the code was there long enough for a phone to come.
	Waited bool

	Own       Own
	Contacts  []contact.Contact // since Since, the newest first
	Earlier   []contact.Contact // before
	Reports   []contact.Report  // since Since, the newest first
	Servers   []Server          // without the built-in demo
	Demo      bool              // which is offered
	Firewalls []firewall.Finding
	Vicinity  vicinity.Vicinity
	Signs     Signs
	Doors     []Door
	Slept     time.Time // when this computer last woke up; zero: it did not sleep since Since
}

// Own is how this computer offers itself.
type Own struct {
	Name      string
	ID        string
	Listen    netip.AddrPort
	URL       string       // in the code
	Local     string       // our name on the network: modelbeam-c53c.local
	Announced string       // what we are called there: "Modelbeam on laptop"
	Code      netip.Addr   // the address in the code
	Addresses []netip.Addr // those that phones could use, the best first
	Paused    bool
	Familiar  bool       // a device has come in by the network of the code, whenever that was
	Known     *Diagnosis // what is wrong already without any look
}

// Server is an LLM server as far as it may be the reason that a phone has no answer.
type Server struct {
	ID, Name, URL string
	Host          netip.Addr // of URL, where that is an address
	Online        bool
	NeedsKey      bool
	Loading       bool
	Models        int // that phones may use
	Hidden        bool
}

// Door is what answers at one of our own addresses, when this computer asks itself.
type Door struct {
	Addr  netip.Addr
	Found Found
	What  string // the other program, as far as it says, or the error
}

// Found is what was found at one of our addresses.
type Found uint8

const (
	Ourselves Found = iota
	Somebody        // another program
	Nobody          // the connection was refused, or ran into silence
)

// Signs are what the network's packets tell of phones that did not get through.
type Signs struct {
	// Sought are machines of our networks that have looked for this computer, and of which nothing came in. Those that
	// wanted something else, and were answered, are not among them: a printer that pings, somebody who looks for folders.
	Sought []netip.Addr
	// Refused says that this computer answered somebody with a refusal.
	Refused bool
	// Known says that there is a machine on our networks that need not look for this computer any more, as it did before.
	Known bool
	// Lost counts packets that arrived and came to nothing: a firewall does that, and so do packets that are for others.
	Lost uint64
	// HalfOpen says that somebody's connection to us does not open: what we answer does not arrive.
	HalfOpen bool
	// Withheld says that this computer's own packets were kept from leaving.
	Withheld bool
	// Misrouted says that packets were thrown away because an answer would have left by another interface.
	Misrouted bool
	// Uncounted says that this system does not count what is refused and lost.
	Uncounted bool
	// Blind says that this system does not tell.
	Blind bool
}

// troubled says whether somebody has said, or shown, that a phone does not connect.
func (f *Facts) troubled() bool { return f.Shows != ShowsUnknown || f.Waited || f.shutOut() }

// good are the kinds of contacts of phones that get what they want.
var good = []contact.Kind{contact.Page, contact.Served, contact.Paired}

// foreign says that a contact came from another machine.
func (f *Facts) foreign(c contact.Contact) bool {
	return !c.Peer.IsLoopback() && !slices.Contains(f.Own.Addresses, c.Peer)
}

// reaching are the kinds of contacts that took a request to us, whatever came of it: the network lets phones through.
var reaching = slices.Concat(good, telling, []contact.Kind{contact.Asked})

// came is the newest contact of a phone that has reached us.
func (f *Facts) came() (contact.Contact, bool) { return f.newest(f.Contacts, reaching...) }

// cameBefore says that phones got through some time ago, in the network of the code.
func (f *Facts) cameBefore() bool {
	return slices.ContainsFunc(f.Earlier, func(c contact.Contact) bool {
		return f.foreign(c) && slices.Contains(reaching, c.Kind) && f.inCodesNetwork(c.Peer)
	})
}

// newest is the newest contact from another machine of one of the kinds.
func (f *Facts) newest(list []contact.Contact, kinds ...contact.Kind) (contact.Contact, bool) {
	i := slices.IndexFunc(list, func(c contact.Contact) bool { return f.foreign(c) && slices.Contains(kinds, c.Kind) })
	if i < 0 {
		return contact.Contact{}, false
	}
	return list[i], true
}

// unresolved is the newest contact of one of the kinds that nothing good has followed from the same machine.
func (f *Facts) unresolved(kinds ...contact.Kind) (contact.Contact, bool) {
	for _, c := range f.Contacts {
		if f.foreign(c) && slices.Contains(kinds, c.Kind) && !f.resolved(c) && !f.excused(c) {
			return c, true
		}
	}
	return contact.Contact{}, false
}

// excused says that nobody complains of what may be no trouble at all: of a stranger who tries something in a home in which
// another phone gets what it wants.
func (f *Facts) excused(c contact.Contact) bool {
	if !f.troubled() && f.othersFine(c) {
		return true
	}
	return (c.Detail == contact.LeftEarly || c.Detail == contact.Waits) && c.Kind == contact.Failed && f.Shows != ShowsApp && f.Shows != ShowsPage
}

// othersFine says whether another machine got what it wanted, at the time of a contact or later.
func (f *Facts) othersFine(c contact.Contact) bool {
	return slices.ContainsFunc(f.Contacts, func(o contact.Contact) bool {
		return f.foreign(o) && o.Peer != c.Peer && slices.Contains(good, o.Kind) && !o.Last.Before(c.Last)
	})
}

// resolved says whether the machine of a contact got what it wanted later. A page that was given out resolves
// nothing that only a key or a code can. An error that the person sees is not resolved by what the phone's page
// asks for meanwhile.
func (f *Facts) resolved(of contact.Contact) bool {
	switch of.Kind {
	case contact.NoKey, contact.BadKey:
		if f.Shows == ShowsApp {
			return false
		}
	case contact.Failed:
		if f.Shows == ShowsApp || f.Shows == ShowsPage {
			return false
		}
	}
	return slices.ContainsFunc(f.Contacts, func(c contact.Contact) bool {
		return c.Peer == of.Peer && c.Last.After(of.Last) && resolves(c.Kind, of.Kind)
	})
}

func resolves(better, worse contact.Kind) bool {
	switch worse {
	case contact.BadCode, contact.OldCode, contact.UsedCode:
		return better == contact.Paired
	case contact.NoKey, contact.BadKey, contact.RemovedKey, contact.Preflight, contact.BadOrigin, contact.Failed:
		return better == contact.Served || better == contact.Paired
	}
	return slices.Contains(good, better)
}

// network is what is known of the network that has an address of ours.
func (f *Facts) network(of netip.Addr) (vicinity.Network, bool) {
	i := slices.IndexFunc(f.Vicinity.Networks, func(n vicinity.Network) bool { return n.Addr == of })
	if i < 0 {
		return vicinity.Network{}, false
	}
	return f.Vicinity.Networks[i], true
}

func (f *Facts) isOwn(a netip.Addr) bool { return slices.Contains(f.Own.Addresses, a) }

func (f *Facts) inCodesNetwork(peer netip.Addr) bool {
	n, ok := f.network(f.Own.Code)
	return ok && n.Prefix.Contains(peer)
}
