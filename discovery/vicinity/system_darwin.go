package vicinity

import (
	"context"
	"net/netip"
	"os/exec"
	"time"

	"modelbeam/discovery/lan"
)

// networks asks macOS' own commands; none of them sends anything.
func networks(ctx context.Context, candidates []lan.Candidate) ([]Network, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	table, routes, err := tables(ctx, candidates)
	if err != nil {
		return nil, err
	}
	var all []Network
	for _, c := range candidates {
		n := about(c, table, routes)
		_, wireless, known := parseSummary(say(ctx, "/usr/sbin/ipconfig", "getsummary", c.Interface))
		n.Wireless, n.Wired = wireless, known && !wireless
		n.TakenBy, n.Unreachable = takenBy(ctx, c, n.Gateway)
		all = append(all, n)
	}
	return all, nil
}

// commandTime is for commands that hang.
const commandTime = time.Second

func neighbours(ctx context.Context, candidates []lan.Candidate) ([]Neighbour, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	table, routes, err := tables(ctx, candidates)
	return within(candidates, table, routes), err
}

// tables are who is there, and the routers, on the candidates' interfaces.
func tables(ctx context.Context, candidates []lan.Candidate) (table []entry, routes []route, err error) {
	out, err := command(ctx, "/usr/sbin/arp", "-an").Output()
	if err != nil {
		return nil, nil, err
	}
	neighbours := parseARP(string(out))
	gateways := parseDefaults(say(ctx, "/usr/sbin/netstat", "-rn", "-f", "inet"))
	done := make(map[int]bool)
	for _, c := range candidates {
		if done[c.Index] {
			continue
		}
		done[c.Index] = true
		for _, n := range neighbours[c.Interface] {
			table = append(table, entry{n, c.Index})
		}
		if gateway, found := gateways[c.Interface]; found {
			routes = append(routes, route{index: c.Index, gateway: gateway})
		}
	}
	return table, routes, nil
}

// takenBy is the interface by which packets to a candidate's network leave, where it is a VPN's; see parseWay.
func takenBy(ctx context.Context, c lan.Candidate, gateway netip.Addr) (name string, closed bool) {
	for _, to := range samples(c, gateway) {
		by, forbidden := parseWay(say(ctx, "/sbin/route", "-n", "get", to.String()))
		closed = closed || forbidden
		if by != c.Interface && namedTunnel(by) {
			return by, closed
		}
	}
	return "", closed
}

func vpn(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	by, _ := parseWay(say(ctx, "/sbin/route", "-n", "get", internet.String()))
	if !namedTunnel(by) {
		return ""
	}
	return by
}

func wifiName(ctx context.Context, ifc string) string {
	name, _, _ := parseSummary(say(ctx, "/usr/sbin/ipconfig", "getsummary", ifc))
	return name
}

// say returns what a command prints; "" where there is none.
func say(ctx context.Context, program string, args ...string) string {
	out, _ := command(ctx, program, args...).Output()
	return string(out)
}

func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"LC_ALL=C"}
	cmd.WaitDelay = 100 * time.Millisecond
	return cmd
}

// macOS tells neither of these to everybody.
func halfOpen() []HalfOpen  { return nil }
func countTraffic() Traffic { return Traffic{} }
