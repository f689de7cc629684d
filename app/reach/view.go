package reach

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"modelbeam/app/settings"
	"modelbeam/discovery/lan"
)

// Address is an address of this machine that phones could reach.
type Address struct {
	IP        string `json:"ip"`
	Interface string `json:"interface"`
	Chosen    bool   `json:"chosen"`           // the one in the QR code
	Likely    bool   `json:"likely,omitempty"` // phones may well be on its network
}

// View is how phones reach us at one moment. It is a plain value that nobody changes.
type View struct {
	Listen    string     // the gateway's bound address; empty until it is open
	Surveyed  bool       // it is known which addresses this machine has
	Missing   lan.Reason // why there is none for phones
	Gone      string     // the one address that the gateway listens on, when this machine no longer has it
	Addresses []Address  // those that phones could reach, best first
	URLs      []string   // of the connect page, the one for the QR code first

	advertise  string
	announced  bool // something may be said by mDNS
	candidates []lan.Candidate
	left       map[string]bool
	dismissed  string
}

// Reachable says that there is an address to give to phones.
func (v View) Reachable() bool { return len(v.Addresses) > 0 || v.advertise != "" }

// Newest is the best address that this machine has now, whatever the gateway listens on; empty when
// there is none.
func (v View) Newest() string {
	if len(v.candidates) == 0 {
		return ""
	}
	return v.candidates[0].Addr.String()
}

// best is the best address for phones, or empty.
func (v View) best() string {
	if len(v.Addresses) == 0 {
		return ""
	}
	return v.Addresses[0].IP
}

// Lost returns an address of ours that a device used if we no longer have it; else it is empty.
func (v View) Lost(address string) string {
	have := func(a Address) bool { return a.IP == address }
	if address == "" || len(v.Addresses) == 0 || v.advertise != "" || slices.ContainsFunc(v.Addresses, have) {
		return ""
	}
	return address
}

// Moved returns the address that replaces a lost one for phones, or empty when there is nothing to
// tell: the person knows it already, or the address was of another network, from which we have not just
// come. Phones that know us by it are not here.
func (v View) Moved(lost string) (now string) {
	best := v.best()
	if best == "" || best == v.dismissed || !v.left[lost] && !v.inNetwork(lost) {
		return ""
	}
	return best
}

// inNetwork says that an address is of a network that we are in.
func (v View) inNetwork(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(v.candidates, func(n lan.Candidate) bool { return n.Prefix.Contains(ip) })
}

// addresses are those that phones could reach, best first.
func (v View) addresses(choice settings.Choice) []Address {
	if ip, one := boundTo(v.Listen); one {
		if v.Gone != "" {
			return nil
		}
		return []Address{{IP: ip.String(), Interface: v.interfaceOf(ip), Chosen: true}}
	}
	var out []Address
	for _, n := range v.candidates {
		out = append(out, Address{IP: n.Addr.String(), Interface: n.Interface, Likely: n.Likely})
	}
	if len(out) > 0 {
		out[max(chosen(v.candidates, choice), 0)].Chosen = true
	}
	return out
}

// interfaceOf is the interface that has the address, as far as it is one for phones.
func (v View) interfaceOf(ip netip.Addr) string {
	for _, n := range v.candidates {
		if n.Addr == ip {
			return n.Interface
		}
	}
	return ""
}

// urls are the addresses of the connect page, the one for the QR code first.
func (v View) urls() []string {
	if v.Listen == "" {
		return nil
	}
	var out []string
	if v.advertise != "" {
		out = append(out, "http://"+withPort(v.advertise, v.port()))
	}
	for _, a := range v.Addresses {
		u := "http://" + net.JoinHostPort(a.IP, v.port())
		switch {
		case slices.Contains(out, u):
		case a.Chosen && v.advertise == "":
			out = slices.Insert(out, 0, u)
		default:
			out = append(out, u)
		}
	}
	return out
}

// port is the gateway's.
func (v View) port() string {
	_, port, _ := net.SplitHostPort(v.Listen) // a bound address always has one
	return port
}

// inCode is the candidate whose address the QR code has: the advertised one where that is one of ours,
// else the chosen one.
func (v View) inCode() (lan.Candidate, bool) {
	has := func(ip string) func(lan.Candidate) bool {
		return func(n lan.Candidate) bool { return n.Addr.String() == ip }
	}
	i := -1
	if v.advertise != "" {
		i = slices.IndexFunc(v.candidates, has(hostOnly(v.advertise)))
	}
	for _, a := range v.Addresses {
		if a.Chosen && i < 0 {
			i = slices.IndexFunc(v.candidates, has(a.IP))
		}
	}
	if i < 0 {
		return lan.Candidate{}, false
	}
	return v.candidates[i], true
}

// withPort completes an advertised address, which may bring a port of its own: of a router
// that forwards to us, say.
func withPort(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// hostOnly is an advertised address without its port.
func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}
