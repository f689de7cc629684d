package tunnel

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// sharedSpace is 100.64.0.0/10 (RFC 6598): Tailscale's addresses, and carriers'.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// guard lets in who is near and asked for us. The check of Host stops DNS rebinding: a page
// of evil.example whose name suddenly resolves to our address could otherwise talk to us as
// its own origin.
func (g *Gateway) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.report = true
		switch {
		case !g.AllowPublic && !near(c.remote) && c.remote != localAddr(r):
			g.fail(w, r, errPeer)
		case !g.isOurs(r.Host, localAddr(r)):
			g.fail(w, r, errHost)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// near reports whether a is an address of a home network, of this machine's loopback or of a
// private overlay network. (A peer with our own end's address is this machine too, whatever
// that address is.) IPv4-mapped addresses were unwrapped before.
func near(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() || sharedSpace.Contains(a)
}

// localAddr is our end of the connection; not valid when the server did not say.
func localAddr(r *http.Request) netip.Addr {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return netip.Addr{}
	}
	local, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.Addr{}
	}
	return local.Addr().Unmap().WithZone("")
}

// isOurs reports whether a Host header names this machine. The port does not matter: a
// router or a tunnel may have changed it, and rebinding is about names.
func (g *Gateway) isOurs(host string, local netip.Addr) bool {
	name := hostName(host)
	if ip, err := netip.ParseAddr(name); err == nil {
		ip = ip.Unmap().WithZone("")
		if ip == local || (ip.IsLoopback() && local.IsLoopback()) {
			return true
		}
	}
	if strings.EqualFold(name, "localhost") && local.IsLoopback() {
		return true
	}
	if g.Hosts == nil {
		return false
	}
	for _, ours := range g.Hosts() {
		if name != "" && strings.EqualFold(name, strings.TrimSuffix(ours, ".")) {
			return true
		}
	}
	return false
}

// hostName takes the port, brackets and the root's dot off a Host header.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimPrefix(host, "[")
	host = strings.TrimSuffix(host, "]")
	return strings.TrimSuffix(host, ".")
}
