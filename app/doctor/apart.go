package doctor

import "slices"

// familiar says that phones get, or got, through in the network of the code: then its Wi-Fi does not keep devices apart.
func (f *Facts) familiar() bool {
	c, came := f.came()
	return came && f.inCodesNetwork(c.Peer) || f.cameBefore() || f.Own.Familiar
}

// isolated is a Wi-Fi that keeps its devices apart. It is shown by a device that is heard, as the router passes on
// what is for everybody, and does not answer when this computer asks for it. That others are heard disproves nothing:
// those on a cable often are, also where phones are kept apart.
func isolated(f *Facts) verdict {
	n, ok := f.network(f.Own.Code)
	_, two := f.otherNetwork()
	if !ok || !f.missing() || f.turnedAway() == sure || f.familiar() || two {
		return verdict{}
	}
	for _, o := range n.Neighbours {
		if o.Failed && slices.Contains(f.Vicinity.Heard, o.Addr) {
			return verdict{level: sure, proof: private(o.Addr) + " is heard and cannot be reached"}
		}
	}
	if f.Shows == ShowsNothing && f.turnedAway() == no {
		return verdict{} // a phone that is in the same Wi-Fi, and finds nobody there, says so soon
	}
	return verdict{level: likely, proof: "no phone was ever seen on this network"}
}

// elsewhere is a phone in another network. It is sure where phones are known to get through in this one.
func elsewhere(f *Facts) verdict {
	if !f.missing() || f.turnedAway() == sure || len(f.Signs.Sought) > 0 {
		return verdict{}
	}
	if _, two := f.otherNetwork(); two {
		return verdict{} // twoNetworks has it
	}
	v := verdict{level: likely, proof: "no phone looked for this computer"}
	if f.turnedAway() == no && f.familiar() {
		v.level, v.proof = sure, "phones get through on this network, and none looked for this computer"
	}
	if n, ok := f.network(f.Own.Code); ok && n.Name != "" {
		v.params = map[string]string{"WiFi": n.Name}
		v.edit = func(d *Diagnosis) {
			d.Advice = "Connect it to {{.WiFi}}, as this computer is. Mobile data, a guest Wi-Fi and a VPN do not lead here."
		}
	}
	return v
}
