package reach

import (
	"slices"

	"modelbeam/app/settings"
	"modelbeam/discovery/lan"
)

// choiceOf is what is remembered when one of the candidates is chosen.
func choiceOf(candidates []lan.Candidate, i int) settings.Choice {
	n := candidates[i]
	return settings.Choice{
		Address: n.Addr.String(), Interface: n.Interface, Network: networkOf(n), Place: networkOf(candidates[0]),
	}
}

// chosen returns which candidate was chosen: the address itself, else another one in its network by its
// interface. It is -1 when there is neither, and then the best one by lan's order is taken, see addresses in view.go.
//
// A choice belongs to the place where it was made: where the network that was the best there is not among the candidates,
// it counts no more. Docker's network and a VPN's are the same everywhere, and nobody wants at the office what was right
// for an evening at home. It is remembered all the same, and counts again there.
func chosen(candidates []lan.Candidate, w settings.Choice) int {
	there := func(n lan.Candidate) bool { return networkOf(n) == w.Place }
	if w.Place != "" && !slices.ContainsFunc(candidates, there) {
		return -1
	}
	for _, same := range []func(lan.Candidate) bool{
		func(n lan.Candidate) bool { return n.Addr.String() == w.Address },
		func(n lan.Candidate) bool { return n.Interface == w.Interface && networkOf(n) == w.Network },
	} {
		if i := slices.IndexFunc(candidates, same); i >= 0 {
			return i
		}
	}
	return -1
}

func networkOf(n lan.Candidate) string { return n.Prefix.Masked().String() }
