package firewall

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ufwRule is one of ufw's rules, as it notes them in its file beside what it makes of them for iptables:
//
//	### tuple ### allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in
//	### tuple ### deny any 5353 192.168.1.5 any 192.168.0.0/16 in_eth0
//	### tuple ### limit tcp 8717 0.0.0.0/0 any 0.0.0.0/0 Modelbeam - in
type ufwRule struct {
	action   string // "allow", "deny", "reject", "limit"
	protocol string // "tcp", "udp", "any"
	ports    string // "8717", "8000:9000", "80,443", "any"
	to, from string // addresses or networks
	inward   bool
	on       string // the interface that it holds for; "": all
}

// parseUFWRules reads the rules for IPv4. See UFWBackendIptables._read_rules in ufw's backend_iptables.py.
func parseUFWRules(text string) (rules []ufwRule) {
	for line := range strings.Lines(text) {
		tuple, found := strings.CutPrefix(line, "### tuple ###")
		tuple, _, _ = strings.Cut(tuple, " comment=")
		f := strings.Fields(tuple)
		if !found || len(f) < 6 || strings.HasPrefix(f[0], "route:") {
			continue
		}
		r := ufwRule{protocol: f[1], ports: f[2], to: f[3], from: f[5], inward: true}
		r.action, _, _ = strings.Cut(f[0], "_") // "allow_log"
		if len(f) == 7 || len(f) == 9 {
			direction, _, _ := strings.Cut(f[len(f)-1], "!") // "in_eth0!out_eth1"
			direction, r.on, _ = strings.Cut(direction, "_")
			r.inward = direction == "in"
		}
		rules = append(rules, r)
	}
	return rules
}

func (r ufwRule) allows() bool { return r.action == "allow" || r.action == "limit" }

// about says that a rule is about phones that want to reach p. One for another network than ours is not.
func (r ufwRule) about(p Program) bool {
	return r.inward && (r.protocol == "tcp" || r.protocol == "any") && (r.on == "" || r.on == p.Interface) &&
		hasPort(r.ports, p.Port) && holds(r.to, p.Addr) && holds(r.from, p.Addr)
}

// hasPort says that a port is among "any", "8717", "8000:9000" and "80,443", or "8000-9000".
func hasPort(ports string, port int) bool {
	return ports == "any" || slices.ContainsFunc(strings.Split(ports, ","), func(part string) bool {
		low, high, isRange := strings.Cut(strings.ReplaceAll(part, "-", ":"), ":")
		if !isRange {
			high = low
		}
		from, errFrom := strconv.Atoi(strings.TrimSpace(low))
		to, errTo := strconv.Atoi(strings.TrimSpace(high))
		return errFrom == nil && errTo == nil && from <= port && port <= to
	})
}

// holds says that an address is another one, or in a network; a phone is in the same one as we are. What is not known is.
func holds(network string, a netip.Addr) bool {
	if p, err := netip.ParsePrefix(network); err == nil {
		return p.Bits() == 0 || !a.IsValid() || p.Contains(a)
	}
	other, err := netip.ParseAddr(network)
	return network == "any" || err == nil && (!a.IsValid() || other == a)
}
