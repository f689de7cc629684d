package tunnel

import (
	"net/http"
	"net/netip"
	"strings"

	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/hosts"
	"modelbeam/tunnel/keys"
)

// guard lets a request in whose client is near and which asks for this machine. The check of Host stops
// DNS rebinding: a page of evil.example whose name suddenly resolves to our address could otherwise talk
// to us as its own origin.
func (g *Gateway) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.report = true
		if g.handshakes.Asked(c.remote) {
			g.contacts.Upgraded(c.remote)
		}
		if sign := relayed(r); sign != "" {
			g.note(c, contact.Proxied, sign)
		}
		switch {
		case c.remote != c.local && !g.home.isNear(c.remote):
			fail(w, r, fault.Peer)
		case !g.home.isAskedFor(r):
			g.note(c, contact.WrongHost, keys.PublicPath(r.Host))
			fail(w, r, wrongHost(r.Host))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// home is what the person's machine is called and where it is.
type home struct {
	names    func() []string       // Gateway.Hosts, may be nil
	networks func() []netip.Prefix // Gateway.Networks, may be nil
}

// isNear reports whether a is an address of a home network, or in a network that this machine is in
// itself, whatever its addresses are: there are homes with public IPv4 addresses, and nearly all of IPv6
// are public.
func (h home) isNear(a netip.Addr) bool {
	if hosts.Near(a) {
		return true
	}
	if h.networks == nil || !a.IsValid() {
		return false
	}
	a = a.WithZone("") // no prefix contains an address with one
	for _, network := range h.networks() {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// isAskedFor reports whether a request asks for this machine by a name that nobody else can point at it. An
// HTTP/1.0 client need not say a name (RFC 9112 section 3.2), and no browser is one.
func (h home) isAskedFor(r *http.Request) bool {
	if r.Host == "" {
		return !r.ProtoAtLeast(1, 1)
	}
	name, ok := hosts.Name(r.Host)
	return ok && (hosts.CannotBeRebound(name) || h.isOwnName(name))
}

// isOwnName reports whether name is one that Hosts has.
func (h home) isOwnName(name string) bool {
	if h.names == nil {
		return false
	}
	for _, ours := range h.names() {
		if name != "" && strings.EqualFold(name, strings.TrimSuffix(ours, ".")) {
			return true
		}
	}
	return false
}

// isOurs reports whether a Host header names this machine and nothing else: the address that the
// connection came in on, or one of our names. The port does not matter: a router or a tunnel may
// have changed it.
func (h home) isOurs(host string, local netip.Addr) bool {
	name, ok := hosts.Name(host)
	if !ok {
		return false
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		ip = ip.Unmap().WithZone("")
		return ip == local || ip.IsLoopback() && local.IsLoopback() || h.isOwnName(name)
	}
	return strings.EqualFold(name, "localhost") && local.IsLoopback() || h.isOwnName(name)
}

// wrongHost refuses a request for another name.
func wrongHost(host string) *fault.Failure {
	if name, ok := hosts.Name(host); ok && hosts.IsDomain(name) {
		return fault.HostNotAllowed(name)
	}
	return fault.HostNotAllowed("")
}

// encrypted is for admission.Desk.Encrypted.
func (g *Gateway) encrypted(peer netip.Addr) {
	if g.home.isNear(peer) {
		g.handshakes.Came(peer)
	}
}

// relayed names the sign by which somebody stands between us and the client, "" for none: a target as proxies get it
// (RFC 9112 sections 3.2.2 and 3.2.3), or a header that proxies add (RFC 9110 section 7.6.3, RFC 7239).
func relayed(r *http.Request) string {
	switch h := r.Header; {
	case r.Method == http.MethodConnect:
		return "connect"
	case r.URL.Host != "":
		return "absolute"
	case h["Via"] != nil:
		return "via"
	case h["Forwarded"] != nil, h["X-Forwarded-For"] != nil:
		return "forwarded"
	}
	return ""
}
