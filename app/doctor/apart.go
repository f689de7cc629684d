package doctor

import (
	"fmt"
	"net/netip"
	"slices"

	"modelbeam/discovery/vicinity"
)

// alone says whether nobody but the router was noticed in a network: that is what a Wi-Fi looks like that
// keeps its devices apart, and also one in which there is nobody else.
func (f *Facts) alone(n vicinity.Network) bool {
	others := slices.ContainsFunc(n.Neighbours, func(o vicinity.Neighbour) bool { return o.Alive && !f.isOwn(o.Addr) })
	return !others && !slices.ContainsFunc(f.Vicinity.Heard, func(a netip.Addr) bool { return a != n.Gateway && n.Prefix.Contains(a) && !f.isOwn(a) })
}

func (f *Facts) isOwn(a netip.Addr) bool { return slices.Contains(f.Own.Addresses, a) }

// isolated is a Wi-Fi that keeps its devices apart. It is shown by a device that is heard, as the router passes on
// what is for everybody, and does not answer when this computer asks for it.
func isolated(f *Facts) verdict {
	n, ok := f.network(f.Own.Code)
	if !ok || !f.missing() || f.turnedAway() == sure || f.cameBefore() {
		return verdict{}
	}
	for _, o := range n.Neighbours {
		if o.Failed && slices.Contains(f.Vicinity.Heard, o.Addr) {
			return verdict{level: sure, proof: fmt.Sprintf("%s is heard and cannot be reached", o.Addr)}
		}
	}
	if !f.alone(n) {
		return verdict{}
	}
	return verdict{level: likely, proof: "nobody but the router was noticed"}
}

// elsewhere is a phone in another network. It is sure where others are noticed in this one: then the Wi-Fi does not keep
// its devices apart, and a phone in it would have been noticed too.
func elsewhere(f *Facts) verdict {
	if !f.missing() || f.turnedAway() == sure {
		return verdict{}
	}
	if _, two := f.otherNetwork(); two {
		return verdict{} // twoNetworks has it
	}
	v := verdict{level: likely, proof: "no phone looked for this computer", params: map[string]string{"WiFi": ""}}
	n, ok := f.network(f.Own.Code)
	if ok && n.Name != "" {
		v.params["WiFi"] = n.Name
	}
	_, came := f.came()
	if ok && f.turnedAway() == no && (came || f.cameBefore() || !f.alone(n)) {
		v.level, v.proof = sure, "others of this network were noticed, and no phone that looked for this computer"
	}
	return v
}
