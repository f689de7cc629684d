// Package hosts tells whom a request asks for and where it comes from: the forms that a Host header can
// have, the names that no foreign DNS record can point at us, and the addresses of a home network.
package hosts

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// sharedSpace is 100.64.0.0/10 (RFC 6598): Tailscale's addresses, and carriers'.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// Near reports whether a is an address of a home network, of this machine's loopback or of a
// private overlay network. (A peer with our own end's address is this machine too, whatever
// that address is.) IPv4-mapped addresses were unwrapped before.
func Near(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() || sharedSpace.Contains(a)
}

// Local is our end of the connection; not valid when the server did not say.
func Local(r *http.Request) netip.Addr {
	switch addr := r.Context().Value(http.LocalAddrContextKey).(type) {
	case *net.TCPAddr:
		return addr.AddrPort().Addr().Unmap().WithZone("")
	case net.Addr:
		local, _ := netip.ParseAddrPort(addr.String())
		return local.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// CannotBeRebound reports whether a name has no record in the DNS that somebody could point at us.
// An address has none: a client that asks for http://10.0.2.2 is led here by an emulator or a port forward, and
// a page of that address is one of ours. Neither are the names that no public zone has: .localhost
// (RFC 6761), .local (RFC 6762) and .internal, which ICANN has set aside (resolution 2024.07.29.06) and
// Docker and Podman use. Ollama lets the same ones in, in allowedHost of its server/routes.go.
func CannotBeRebound(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	if name = strings.ToLower(name); !IsDomain(name) {
		return false
	}
	for _, end := range [...]string{".localhost", ".local", ".internal"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return name == "localhost"
}

// Name takes the port, the brackets of an IPv6 address and the root's dot off a Host header. It
// reports false for what is not of that form (RFC 9112 section 3.2): others might read it in
// another way.
func Name(host string) (name string, ok bool) {
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

// IsDomain reports whether name has the form of a host's name (RFC 1123 section 2.1).
func IsDomain(name string) bool {
	return name != "" && len(name) <= 253 && !strings.ContainsFunc(name, isOdd)
}

// isOdd tells what no name of a host has. The underscore is for the names that people give to machines
// all the same.
func isOdd(c rune) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return false
	}
	return !strings.ContainsRune("-_.", c)
}
