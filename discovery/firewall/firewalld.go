package firewall

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// zone is what firewalld does with those who come in by an interface, or from a network. Only what was read is known.
type zone struct {
	name     string
	readable bool
	target   string     // "default", "ACCEPT", "DROP", "%%REJECT%%"
	ports    [][]string // such as "8717", "tcp"
	services []string
	rules    []string // "rich" ones, firewalld.richlanguage(5)
	panicked bool     // nobody comes in, whatever the zones say
	known    bool     // firewalld has read what our package tells it of our service
}

// firewalldService is the name under which our package tells firewalld what we need.
const firewalldService = "modelbeam"

// zoneOf finds the zone that phones come in by: the one for their network goes before the one of the interface, and
// what is in none is in the default one. See firewalld.zone(5).
func zoneOf(active map[string]map[string][]string, defaultZone string, p Program) string {
	byInterface := defaultZone
	for name, has := range active {
		if slices.ContainsFunc(has["sources"], func(s string) bool {
			network, err := netip.ParsePrefix(s)
			return err == nil && p.Addr.IsValid() && network.Contains(p.Addr)
		}) {
			return name
		}
		if p.Interface != "" && slices.Contains(has["interfaces"], p.Interface) {
			byInterface = name
		}
	}
	return byInterface
}

// judgeZone says what a zone does with phones.
func judgeZone(z zone, p Program) (State, Reason) {
	byRule, about := z.ruled(p)
	switch {
	case z.panicked:
		return Blocks, BlocksAll
	case !z.readable:
		return MayBlock, RulesHidden
	case about && !byRule:
		return Blocks, BlockRule
	case about, z.target == "ACCEPT", slices.Contains(z.services, firewalldService) && p.Port == defaultPort, z.hasPort(p.Port):
		return Allows, ""
	}
	return Blocks, NotInZone
}

// defaultPort is the one that the packages' own profiles are for.
const defaultPort = 8717

func (z zone) hasPort(port int) bool {
	return slices.ContainsFunc(z.ports, func(p []string) bool { return len(p) == 2 && p[1] == "tcp" && hasPort(p[0], port) })
}

// ruled finds a rule about our port, or about all that arrives: one that keeps out goes before those that let in.
func (z zone) ruled(p Program) (lets, about bool) {
	port := fmt.Sprintf(`port port="%d" protocol="tcp"`, p.Port)
	for _, r := range z.rules {
		if !strings.Contains(r, port) && (!strings.Contains(r, fmt.Sprintf("service name=%q", firewalldService)) || p.Port != defaultPort) {
			continue
		}
		if m := richSource.FindStringSubmatch(r); m != nil && (m[1] != "" || !holds(m[2], p.Addr)) {
			continue // about some who come in, and not all of our network
		}
		about = true
		if lets = strings.HasSuffix(strings.TrimSpace(r), " accept"); !lets {
			return false, true
		}
	}
	return lets, about
}

// richSource is whom a rule is about: an address or a network, or everybody else.
var richSource = regexp.MustCompile(`source (NOT )?(?:address|mac|ipset)="([^"]*)"`)

// fixFirewalld lets phones in by a zone, now and after the next start; nil where the zone is not known. Where firewalld
// knows our service, it is let in by its name.
func fixFirewalld(z zone, p Program) []string {
	if z.panicked {
		return []string{"firewall-cmd", "--panic-off"}
	}
	if strings.Trim(z.name, zoneLetters) != "" || z.name == "" {
		return nil
	}
	what := "--add-port=" + strconv.Itoa(p.Port) + "/tcp --add-port=5353/udp"
	if z.known && p.Port == defaultPort {
		what = "--add-service=" + firewalldService
	}
	options := fmt.Sprintf(" --zone=%s %s", z.name, what)
	return []string{"sh", "-c", "firewall-cmd" + options + " && firewall-cmd --permanent" + options}
}

// zoneLetters are what zones' names have, firewalld.zone(5): nothing that a shell minds.
const zoneLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
