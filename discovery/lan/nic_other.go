//go:build !linux && !darwin && !windows

package lan

import "net"

// enrich knows nothing more here; names, ranges and the sending address must do.
func enrich(nics []nic, _ []net.Interface) []nic { return nics }

// surrounding knows of nothing here that would keep phones away.
func surrounding() surroundings { return anything }
