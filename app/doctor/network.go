package doctor

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"modelbeam/discovery/vicinity"
)

// missing says whether somebody waits for a phone of which nothing has come.
func (f *Facts) missing() bool {
	_, came := f.came()
	_, stuck := f.stuck()
	return f.troubled() && !stuck && (!came || f.Shows == ShowsUnreachable || f.Shows == ShowsNothing)
}

// through says that a phone gets through and that no other is missing, so that nothing here can be what keeps phones out.
func (f *Facts) through() bool {
	_, came := f.came()
	return came && !f.missing()
}

// shutOut says that a phone was seen to be turned away, whatever the person says.
func (f *Facts) shutOut() bool {
	return len(f.Signs.Sought) > 0 && (f.Signs.Refused || f.Signs.HalfOpen || f.Signs.Lost >= tries)
}

// turnedAway says how sure it is that a phone got as far as this computer, and not in. A phone that only asked for this
// computer's hardware address may never have heard the answer, on a Wi-Fi that passes on nothing but such questions.
func (f *Facts) turnedAway() level {
	sought := len(f.Signs.Sought) > 0
	switch {
	case f.Signs.Refused, f.Signs.HalfOpen, sought && (f.Signs.Lost >= tries || f.Signs.Uncounted):
		return sure
	case sought, f.Signs.Known && f.Signs.Lost > tries, f.Signs.Blind:
		return likely
	}
	return no
}

func loopback(f *Facts) verdict {
	if !f.Own.Listen.IsValid() || !f.Own.Listen.Addr().IsLoopback() {
		return verdict{}
	}
	return verdict{level: sure, proof: "listens on " + f.Own.Listen.String(), params: map[string]string{"Listen": f.Own.Listen.String()}}
}

// otherProgram is what answers in our place: one that is bound to the very address takes its connections from us.
func otherProgram(f *Facts) verdict {
	for _, d := range f.Doors {
		if d.Addr == f.Own.Code && d.Found == Somebody {
			return verdict{
				level: sure, proof: fmt.Sprintf("at %s answers %q", private(d.Addr), d.What),
				params: map[string]string{"Address": netip.AddrPortFrom(d.Addr, f.Own.Listen.Port()).String()},
			}
		}
	}
	return verdict{}
}

// vpn is one on this computer through which answers to phones would leave.
func vpn(f *Facts) verdict {
	n, ok := f.network(f.Own.Code)
	shut := f.Vicinity.VPN != "" && (f.Signs.HalfOpen || f.Signs.Withheld)
	switch {
	case f.through() || !ok:
		return verdict{}
	case shut:
		return verdict{level: sure, proof: "nothing leaves this computer but by " + f.Vicinity.VPN}
	case n.TakenBy != "" && n.Overlaps:
		return sameAddresses(n)
	case n.TakenBy != "":
		return verdict{level: sure, proof: fmt.Sprintf("packets to the network of %s leave by %s", private(n.Addr), n.TakenBy)}
	case f.Signs.Misrouted && f.Vicinity.VPN != "":
		return verdict{level: sure, proof: "packets of phones are thrown away, because answers would leave by " + f.Vicinity.VPN}
	case n.Unreachable:
		return verdict{level: sure, proof: fmt.Sprintf("a route forbids packets to the network of %s", private(n.Addr))}
	}
	return verdict{}
}

// sameAddresses is a network on this computer, of containers or virtual machines, with the addresses of the one that
// phones are on: answers to them go there.
func sameAddresses(n vicinity.Network) verdict {
	return verdict{
		level: sure, proof: fmt.Sprintf("packets to the network of %s leave by %s, which has the same addresses", private(n.Addr), n.TakenBy),
		params: map[string]string{"Interface": n.TakenBy},
		edit: func(d *Diagnosis) {
			d.Title = "A network inside this computer uses the same addresses as your home network."
			d.Advice = "It is called {{.Interface}}, and most likely belongs to Docker or a virtual machine. Stop that program, or have it use other addresses. Then check again."
		},
	}
}

// movedOn is a code that was read before this computer got another address.
func movedOn(f *Facts) verdict {
	if !f.missing() || !f.CodeBefore.IsValid() || slices.Contains(f.Own.Addresses, f.CodeBefore) {
		return verdict{}
	}
	return verdict{level: sure, proof: fmt.Sprintf("the code had %s, which this computer no longer has", private(f.CodeBefore)), edit: func(d *Diagnosis) {
		d.Title, d.Advice = "This computer has a new address.", "The code that the phone scanned leads to the old one. Scan the code that is shown now."
	}}
}

// misfit is an address that does not belong to the network that this computer is on, as one that was typed by hand for
// another: those who are heard here have other addresses, and nobody has one like it, not even the router.
func misfit(f *Facts) verdict {
	n, ok := f.network(f.Own.Code)
	if !ok || !f.missing() || len(f.Vicinity.Networks) > 1 || n.GatewaySeen || slices.ContainsFunc(n.Neighbours, func(o vicinity.Neighbour) bool { return o.Alive }) {
		return verdict{}
	}
	other := slices.IndexFunc(f.Vicinity.Heard, func(a netip.Addr) bool { return a.Is4() && a.IsPrivate() })
	if other < 0 || slices.ContainsFunc(f.Vicinity.Heard, n.Prefix.Contains) {
		return verdict{}
	}
	return verdict{level: sure, proof: fmt.Sprintf("%s is heard, and %s is in another network", private(f.Vicinity.Heard[other]), private(n.Addr)), edit: func(d *Diagnosis) {
		d.Title = "This computer's address does not belong to this network."
		d.Advice = "Let this computer get its address automatically, in its network settings. Then check again."
	}}
}

// twoNetworks is a code with the address of one network, while the phone may be in another.
func twoNetworks(f *Facts) verdict {
	other, ok := f.otherNetwork()
	if !ok || !f.missing() {
		return verdict{}
	}
	v := verdict{
		level: likely, proof: fmt.Sprintf("the code has %s, and there is %s", private(f.Own.Code), private(other.Addr)),
		params: map[string]string{"Used": f.Own.Code.String(), "Address": other.Addr.String(), "Interface": other.Interface},
	}
	if slices.ContainsFunc(f.Signs.Sought, other.Prefix.Contains) {
		v.level = sure
	}
	return v
}

// otherNetwork is the best network for phones but for the one of the code.
func (f *Facts) otherNetwork() (vicinity.Network, bool) {
	code, ok := f.network(f.Own.Code)
	if !ok {
		return vicinity.Network{}, false
	}
	for _, a := range f.Own.Addresses {
		n, ok := f.network(a)
		if ok && n.Prefix.Masked() != code.Prefix.Masked() && n.Gateway.IsValid() {
			return n, true
		}
	}
	return vicinity.Network{}, false
}

// denied is macOS, which keeps a program from its own network until the person allows it.
func denied(f *Facts) verdict {
	if !f.missing() || !strings.Contains(f.Vicinity.MulticastError, "no route to host") {
		return verdict{}
	}
	return verdict{level: likely, proof: "multicast: " + f.Vicinity.MulticastError}
}

// numbered is what a second computer of a name adds to it, where it is announced (RFC 6763 Appendix D).
var numbered = regexp.MustCompile(` \(\d+\)$`)

func (f *Facts) sameName(o vicinity.Instance) bool {
	return numbered.ReplaceAllString(o.Name, "") == f.Own.Announced
}

// twin is another Modelbeam of our name, which a phone may ask in our place.
func twin(f *Facts) verdict {
	for _, o := range f.Vicinity.Others {
		if f.missing() && o.ID != f.Own.ID && f.sameName(o) {
			return verdict{level: sure, proof: private(o.Addr) + " has the name too", params: map[string]string{"Other": o.Addr.String()}}
		}
	}
	return verdict{}
}

func slept(f *Facts) verdict {
	if !f.missing() || f.Slept.IsZero() {
		return verdict{}
	}
	return verdict{level: sure, proof: "woke up at " + f.Slept.UTC().Format("15:04:05")}
}

// otherPage is one on the phone that is not ours: nobody came for ours.
func otherPage(f *Facts) verdict {
	if _, came := f.newest(f.Contacts, good...); came || f.Shows != ShowsPage {
		return verdict{}
	}
	return verdict{level: sure, proof: "the phone shows a page, and nobody came for ours"}
}
