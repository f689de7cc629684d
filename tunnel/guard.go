package tunnel

import (
	"fmt"
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
		g.handshakes.asked(c.remote)
		switch {
		case !near(c.remote) && c.remote != c.local && !g.isNeighbour(c.remote):
			g.fail(w, r, errPeer)
		case !g.mayAsk(r):
			g.fail(w, r, errHost(r.Host))
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

// isNeighbour reports whether a is in a network that this machine is in itself, whatever its
// addresses are: there are homes with public IPv4 addresses, and nearly all of IPv6 are public.
func (g *Gateway) isNeighbour(a netip.Addr) bool {
	if g.Networks == nil || !a.IsValid() {
		return false
	}
	a = a.WithZone("") // no prefix contains an address with one
	for _, network := range g.Networks() {
		if network.Contains(a) {
			return true
		}
	}
	return false
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

// mayAsk reports whether a request asks for this machine by a name that nobody can bend to it. An
// HTTP/1.0 client need not say a name (RFC 9112 section 3.2), and no browser is one.
func (g *Gateway) mayAsk(r *http.Request) bool {
	if r.Host == "" {
		return !r.ProtoAtLeast(1, 1)
	}
	name, ok := hostName(r.Host)
	return ok && (cannotBeRebound(name) || g.isOwnName(name))
}

// cannotBeRebound reports whether a name has no record in the DNS that somebody could point at us.
// An address is none: who asks for http://10.0.2.2 is led here by an emulator or a port forward, and
// a page of that address is one of ours. Neither are the names that no public zone has: .localhost
// (RFC 6761), .local (RFC 6762) and .internal, which ICANN has set aside (resolution 2024.07.29.06) and
// Docker and Podman use. Ollama lets the same ones in, in allowedHost of its server/routes.go.
func cannotBeRebound(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	if name = strings.ToLower(name); !isDomain(name) {
		return false
	}
	for _, end := range [...]string{".localhost", ".local", ".internal"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return name == "localhost"
}

// isOwnName reports whether name is one that Hosts has.
func (g *Gateway) isOwnName(name string) bool {
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

// isOurs reports whether a Host header names this machine and nothing else: the address that the
// connection came in on, or one of our names. The port does not matter: a router or a tunnel may
// have changed it.
func (g *Gateway) isOurs(host string, local netip.Addr) bool {
	name, ok := hostName(host)
	if !ok {
		return false
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		ip = ip.Unmap().WithZone("")
		return ip == local || ip.IsLoopback() && local.IsLoopback() || g.isOwnName(name)
	}
	return strings.EqualFold(name, "localhost") && local.IsLoopback() || g.isOwnName(name)
}

// hostName takes the port, the brackets of an IPv6 address and the root's dot off a Host header. It
// reports false for what is not of that form (RFC 9112 section 3.2): others might read it in
// another way.
func hostName(host string) (name string, ok bool) {
	name, port := host, ""
	if literal, ok := strings.CutPrefix(host, "["); ok {
		if name, port, ok = strings.Cut(literal, "]"); !ok || !strings.Contains(name, ":") {
			return "", false
		}
		if port != "" && port[0] != ':' {
			return "", false
		}
	} else if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.Count(host, ":") == 1 {
		name, port = host[:i], host[i:]
	}
	if strings.ContainsFunc(strings.TrimPrefix(port, ":"), func(c rune) bool { return c < '0' || c > '9' }) {
		return "", false
	}
	if strings.ContainsAny(name, "[]/@?#\\ ") {
		return "", false
	}
	return strings.TrimSuffix(name, "."), true
}

// errHost refuses a request for another name. It says how that one can become ours, unless it is
// none that a person could have given.
func errHost(host string) *failure {
	f := &failure{status: 403, code: "host_not_allowed", message: "Modelbeam does not answer under this name. Use the address that Modelbeam shows on the laptop."}
	if name, ok := hostName(host); ok && isDomain(name) {
		f.message = fmt.Sprintf("Modelbeam does not answer under the name %s. Use the address that Modelbeam shows on the laptop, or start Modelbeam there with --advertise %s.", name, name)
	}
	return f
}

// isDomain reports whether name has the form of a host's name (RFC 1123 section 2.1).
func isDomain(name string) bool {
	return name != "" && len(name) <= 253 && !strings.ContainsFunc(name, isOdd)
}
