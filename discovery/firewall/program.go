package firewall

import "os"

// located fills in this program's own path where none is given.
func (p Program) located() Program {
	if p.Path == "" {
		p.Path, _ = os.Executable() // unknown: no rule is about it
	}
	return p
}
