package firewall

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// savedNetwork is one that Windows remembers, below NetworkList in the registry.
type savedNetwork struct {
	name     string // "Anna's Wi-Fi", as people see it
	category category
	router   string    // its hardware address; "": not noted
	last     time.Time // when it was joined last
}

// current finds the network that we are on: the one with this router, else the one that was joined last. Windows
// itself tells the two the same way. It is nothing where no network is remembered.
func current(list []savedNetwork, routerMAC string) (n savedNetwork) {
	if routerMAC != "" {
		i := slices.IndexFunc(list, func(s savedNetwork) bool { return strings.EqualFold(s.router, routerMAC) })
		if i >= 0 {
			return list[i]
		}
	}
	for _, s := range list {
		if n.category == "" || s.last.After(n.last) {
			n = s
		}
	}
	return n
}

// systemTime reads Windows' SYSTEMTIME, eight numbers of 16 bits, as the registry has it. The zero time: it is none.
func systemTime(b []byte) time.Time {
	if len(b) != 16 {
		return time.Time{}
	}
	n := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) } // the third is the day of the week
	return time.Date(n(0), time.Month(n(1)), n(3), n(4), n(5), n(6), n(7)*int(time.Millisecond), time.UTC)
}
