package doctor

import (
	"fmt"
	"slices"
	"strings"

	"modelbeam/discovery/firewall"
)

// rule makes a check of a firewall that says of itself that it keeps phones out.
func rule(products []firewall.Product, reasons ...firewall.Reason) func(*Facts) verdict {
	return func(f *Facts) verdict {
		if f.through() {
			return verdict{}
		}
		for _, w := range f.Firewalls {
			if slices.Contains(products, w.Product) && w.State == firewall.Blocks && (len(reasons) == 0 || slices.Contains(reasons, w.Reason)) {
				return mendable(w, sure)
			}
		}
		return verdict{}
	}
}

// suspect makes a check of a firewall that is on, and does not say whom it lets in. It is guilty when a phone was turned
// away; where that cannot be seen, it is likely.
func suspect(product firewall.Product) func(*Facts) verdict {
	return func(f *Facts) verdict {
		i := slices.IndexFunc(f.Firewalls, func(w firewall.Finding) bool {
			return w.Product == product && w.State == firewall.MayBlock
		})
		if i < 0 || !f.missing() {
			return verdict{}
		}
		l := f.turnedAway()
		if len(f.Signs.Sought) > 0 {
			l = sure // a firewall that is on, and a phone that looked for this computer in vain: that is enough
		}
		return mendable(f.Firewalls[i], l)
	}
}

// mendable is a verdict on a firewall, with what opens it where that is known.
func mendable(w firewall.Finding, l level) verdict {
	return verdict{level: l, proof: fmt.Sprintf("%s: %s", w.Product, w.Detail), edit: func(d *Diagnosis) {
		if len(w.Fix) == 0 {
			return
		}
		d.Fix, d.Command = w.Fix, command(w)
		if !w.Elevate {
			d.Do, d.Action = DoCopy, "Copy the command"
		}
	}}
}

// command is what a person types who has the rights.
func command(w firewall.Finding) string {
	quoted := make([]string, len(w.Fix))
	for i, arg := range w.Fix {
		quoted[i] = arg
		if strings.ContainsAny(arg, " &()'\"") {
			quoted[i] = `"` + arg + `"`
		}
	}
	text := strings.Join(quoted, " ")
	if w.Product != firewall.Windows {
		text = "sudo " + text
	}
	return text
}

// turned is a firewall that nothing is known of but what it does.
func turned(f *Facts) verdict {
	l := f.turnedAway()
	if !f.missing() || l == no || f.Signs.Blind || f.suspected() {
		return verdict{}
	}
	proof := "packets arrive and come to nothing"
	switch {
	case len(f.Signs.Sought) > 0:
		proof = privateAll(f.Signs.Sought) + " looked for this computer, and nothing came in"
	case f.Signs.HalfOpen:
		proof = "what this computer answers to connections does not arrive"
	case f.Signs.Refused:
		proof = "connections are refused before they reach Modelbeam"
	}
	return verdict{level: l, proof: proof}
}

// suspected says whether a firewall is known that may be it.
func (f *Facts) suspected() bool {
	return slices.ContainsFunc(f.Firewalls, func(w firewall.Finding) bool { return w.State == firewall.MayBlock })
}
