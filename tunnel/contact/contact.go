// Package contact remembers what other machines tried at the gateway's door, so that somebody whose
// phone cannot connect can be told why. It holds no key, no code and nothing of what was asked.
//
// # What is ordinary
//
// A healthy network leaves more than Page and Served behind:
//
//   - Silent beside Asked of the same peer: Chrome opens a spare connection for a page that it may ask for
//     more, and lets it go when it does not. So do port scanners and whoever only looks whether we are there.
//     Silent alone says that packets pass in the small and nothing follows, as on a path with a smaller MTU.
//   - Asked without Page or Served: an icon, /healthz, a phone that looks for its laptop.
//   - Secure, for two seconds: browsers that try https first come back with plain HTTP, and then it is gone
//     from the ledger. One that stays was typed.
//   - Preflight, for a moment: it is gone once the request has followed.
//   - Garbage of a peer that was never Asked of: a scanner.
//   - A kind of refusal that is older than Page, Served or Paired of the same peer: it is over.
package contact

import (
	"net/netip"
	"time"
)

// Kind is what came of a contact. The names never change.
type Kind string

// All kinds. Peers that are refused by address or Host are Distant or WrongHost whatever they wanted.
const (
	Silent    Kind = "silent"     // a connection that ended, or was let go, without one byte of a request
	Secure    Kind = "tls"        // it began with a TLS hello: https:// was typed, or the browser upgraded by itself
	Garbage   Kind = "garbage"    // bytes that are no HTTP: another protocol, or a broken head; Detail: which, if known
	Asked     Kind = "asked"      // a connection with a request on it; what came of that stands beside it. Count: connections
	Proxied   Kind = "proxied"    // somebody stands between; Detail: by which sign ("absolute", "connect", "via", "forwarded")
	Distant   Kind = "distant"    // refused: the peer is not near (peer_not_allowed)
	WrongHost Kind = "wrong-host" // host_not_allowed; Detail: the host, "" where none was said
	Preflight Kind = "preflight"  // a preflight that no request has followed yet; Detail: the origin
	BadOrigin Kind = "bad-origin" // a web page of an origin that is not allowed; Detail: the origin

	NoKey      Kind = "no-key"      // a key is needed, and there was none
	BadKey     Kind = "bad-key"     // a key that is no device's
	RemovedKey Kind = "removed-key" // the key of a device that was removed

	BadCode  Kind = "bad-code"  // /pair: there never was such a code
	OldCode  Kind = "old-code"  // /pair: the code was over
	UsedCode Kind = "used-code" // /pair: the code was used

	Paired Kind = "paired"
	Page   Kind = "page"   // the connect page was given out
	Served Kind = "served" // a request with a key went well
	Failed Kind = "failed" // or did not; Detail: the error's code, "status-<n>" of a server, or "left" after 10 s without an answer
)

// Two details of Failed that show trouble only where somebody complains: a person may have pressed Stop, and a long
// question takes its time.
const (
	LeftEarly = "left-early" // the client left after 2 s without an answer, and before 10 s
	Waits     = "waits"      // it has waited for 2 s or more, and still does; never in a Ledger
)

// Contact is what one peer tried, at one address of ours, with one outcome.
type Contact struct {
	Kind        Kind
	Peer        netip.Addr // unmapped, with the zone of a link-local address; loopback is this machine
	Local       netip.Addr // our end of the connection; not valid where it is not known
	First, Last time.Time
	Count       int
	Device      string // the device's ID, where a key told; the last one
	Detail      string // of the last time; cut and cleaned, see each Kind
}
