// Package vicinity tells who else is on this machine's networks, and which way packets take, as far as that can be
// learned without any rights. The facts come from where each system keeps them: rtnetlink(7) and /proc/net on Linux,
// arp(8) and route(8) on macOS, iphlpapi on Windows. All that is sent is one question by multicast DNS (RFC 6762) on each
// network.
//
// What it is for: a phone that wants to connect first asks for our hardware address (ARP, RFC 826), and this machine's
// kernel then notes the phone as a neighbour, whatever a firewall does afterwards. So a neighbour that is new, or was
// seen since a code is shown, and from which no connection came, was kept out by this machine; where there is no
// such neighbour, nothing of the phone has come this far. One that was noted days ago and asks again leaves no trace
// there, because Linux keeps its entry as it is; then the Traffic tells.
package vicinity

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"modelbeam/discovery/lan"
)

// Vicinity is what was learned at one moment.
type Vicinity struct {
	Networks []Network // one for each candidate, in their order
	// VPN is the interface of a VPN that takes all traffic to the internet; "" if there is none.
	VPN string
	// Heard are other hosts that answered our question by multicast, or spoke by multicast meanwhile, each once. Some may
	// be outside our networks' prefixes: then they share a cable or a Wi-Fi with us, and not the addresses.
	Heard []netip.Addr
	// Others are further Modelbeams that answered, each once for every address.
	Others []Instance
	// MulticastError is why the question could not be sent on any network, in the system's words; "" if it was. On macOS
	// "no route to host" means that the person has not allowed this program the local network.
	MulticastError string
	// HalfOpen are connections that others have begun with this machine, and that are not open yet: what we answered has
	// not reached them, or what they say to that does not reach us. Each is there for a minute at the most, for a
	// second where a rule of ours keeps the answer in, and one that is seen twice does not open. Linux alone tells.
	HalfOpen []HalfOpen
}

// Network is one of this machine's networks, that of a candidate.
type Network struct {
	Interface   string
	Addr        netip.Addr   // ours
	Prefix      netip.Prefix // Addr's network, masked
	Gateway     netip.Addr   // the router to the internet; invalid: none is known
	GatewaySeen bool         // the router has told its hardware address: what is sent arrives there
	Wireless    bool         // it is Wi-Fi
	Wired       bool         // it is a cable's; neither of the two: not known
	Name        string       // of the Wi-Fi, where that can be had without rights; else ""
	TakenBy     string       // the interface by which packets to this network leave instead; else ""
	Overlaps    bool         // that one is no VPN's, but of a network on this machine with the same addresses, as Docker makes them
	Unreachable bool         // packets to this network do not leave at all: a route forbids it
	Neighbours  []Neighbour  // the others on this network, without the router
}

// Neighbour is another machine on one of our networks, as the kernel knows it.
type Neighbour struct {
	Addr      netip.Addr
	Interface string    // on which of ours it is
	MAC       string    // its hardware address, in lower case with colons; "": it has not told
	Router    bool      // it is a router that we send to
	Alive     bool      // it has answered or looked for us within the last minutes
	Sought    bool      // it looked for us first, as far as the system tells: no program of this machine has asked for it
	Answered  bool      // this machine has sent it something since it looked for us: not all that it sent was dropped. Linux alone tells
	Failed    bool      // we asked for it, and it did not answer
	Seen      time.Time // the last sign of it that the kernel tells of; zero: not known
}

// Instance is another Modelbeam that was announced on one of our networks.
type Instance struct {
	Name string     // "Modelbeam on Anna's MacBook"
	ID   string     // the "id=" of its announcement: another one is another installation; "": it told none
	Addr netip.Addr // where the announcement came from
}

// HalfOpen is a connection of which one half is there: the other machine's wish for it.
type HalfOpen struct {
	Peer  netip.Addr     // who wants it
	Local netip.AddrPort // where
}

// lookTime is how long answers are waited for. Whoever has one waits for up to 120 ms before saying it (RFC 6762
// section 6), and an access point holds multicast back until all who sleep listen.
const lookTime = 1100 * time.Millisecond

// Look looks at the networks of the candidates and asks our one question on each. It takes 1.2 s, on macOS up to 2 s more
// where a command hangs, and less if ctx ends before. It may be called from any goroutine. What could not be learned is left at its zero value; an error
// says that the system told nothing of its networks.
func Look(ctx context.Context, candidates []lan.Candidate) (Vicinity, error) {
	hearing, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var v Vicinity
	names := make([]string, len(candidates))
	var asking sync.WaitGroup
	asking.Go(func() { v.hear(hearing, candidates) })
	for i, c := range candidates {
		asking.Go(func() { names[i] = wifiName(hearing, c.Interface) })
	}
	asking.Wait()
	var err error
	v.Networks, err = networks(ctx, candidates)
	for i := range v.Networks {
		v.Networks[i].Name = names[i]
	}
	v.VPN = vpn(ctx)
	v.HalfOpen = halfOpen()
	return v, err
}

// hear asks the question, where there is a network to ask it on.
func (v *Vicinity) hear(ctx context.Context, candidates []lan.Candidate) {
	if len(candidates) == 0 {
		return
	}
	heard, err := ask(ctx, candidates)
	if err != nil {
		v.MulticastError = err.Error()
	}
	v.Heard, v.Others = slices.Clone(heard.hosts), slices.Clone(heard.instances)
}

// Neighbours returns those of all the candidates' networks, routers too. It sends nothing, takes well below a
// millisecond on Linux and Windows, and may be called from any goroutine: it is for watchers that sample while a code
// is shown.
func Neighbours(ctx context.Context, candidates []lan.Candidate) ([]Neighbour, error) {
	return neighbours(ctx, candidates)
}
