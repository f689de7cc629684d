package reach

import (
	"slices"

	"modelbeam/app/settings"
	"modelbeam/discovery/lan"
)

// choiceOf is what is remembered when a candidate is chosen.
func choiceOf(n lan.Candidate) settings.Choice {
	return settings.Choice{Address: n.Addr.String(), Interface: n.Interface, Network: n.Prefix.Masked().String()}
}

// chosen returns which candidate was chosen: the address itself, else another one in its network by its
// interface, else any by that interface. It is -1 when there is none of these: then the best one by lan's order
// is taken, see addresses in view.go.
func chosen(candidates []lan.Candidate, w settings.Choice) int {
	for _, same := range []func(lan.Candidate) bool{
		func(n lan.Candidate) bool { return n.Addr.String() == w.Address },
		func(n lan.Candidate) bool {
			return n.Interface == w.Interface && n.Prefix.Masked().String() == w.Network
		},
		func(n lan.Candidate) bool { return n.Interface == w.Interface },
	} {
		if i := slices.IndexFunc(candidates, same); i >= 0 {
			return i
		}
	}
	return -1
}
