package tunnel

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/tunnel/admission"
	"modelbeam/tunnel/body"
	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/kept"
	"modelbeam/tunnel/limit"
	"modelbeam/tunnel/readiness"
	"modelbeam/tunnel/relay"
	"modelbeam/tunnel/transport"
)

// DefaultMaxBody is the limit for a request's body when Gateway.MaxBody is zero: 64 MiB, a
// dozen photos as base64. Servers have limits of their own below and above it.
const DefaultMaxBody = 64 << 20

// maxSpooled bounds what all requests under way have in the temporary folder, which is memory on some
// systems.
const maxSpooled = 512 << 20

// Gateway is the front of the LLM servers. The exported fields are options: set them before
// the first call of Handler, Serve or SetServers and leave them alone after that. The zero value with
// Keys set works. All methods may be called from any goroutine.
type Gateway struct {
	// Name is this laptop's name as people know it. It is in /healthz, on the connect page
	// and in error sentences.
	Name string
	// ID names this installation for good; /healthz shows it, so that a client can tell two
	// laptops of the same name apart.
	ID string
	// Keys knows the paired devices. Nil means that there are none.
	Keys Keyring
	// Pair redeems a one-time code. It returns ErrCodeWrong, ErrCodeUsed, ErrCodeExpired or
	// ErrTooManyTries; any other error is answered with 500 and logged. Nil means that nobody
	// can pair.
	Pair func(ctx context.Context, r PairRequest) (Paired, error)
	// HandOver makes a code by which an icon on a phone's home screen gets the key of the device that asks, once
	// and until that time. Nil, like an error, means that none can be made.
	HandOver func(d Device, key string) (code string, until time.Time, err error)
	// Redeem returns what such a code hands over, or ErrCodeUsed or ErrCodeExpired. Nil: no code is good.
	Redeem func(code string) (Paired, error)
	// Prove returns the HMAC-SHA256 of answer under the SHA-256 of a device's key, for the device
	// whose HMAC of question is mac, and nil when there is none. It is called without a key, for
	// phones that look for their laptop; devices that were removed lately count too, so that they
	// believe it. Nil: no phone can be sure of this laptop.
	Prove func(question, mac, answer []byte) []byte
	// Spend takes n requests off a device's pass and reports whether there were so many left. It is
	// called before a request goes to a server, once for each, and only for a pass that has a
	// number of requests and some left; it may write to the disk. Nil: they are not counted.
	Spend func(deviceID string, n int) bool
	// Refund puts back what Spend took, for a request that the laptop or a server on it failed before
	// there was a byte of an answer. Optional.
	Refund func(deviceID string, n int)
	// Local returns the address that a device keeps when this machine's IP address changes,
	// "http://<host>.local:<port>", or "" while no name is announced. Optional.
	Local func() string
	// URLs returns the base addresses at which devices can reach this machine now, best first, as Paired has them. The
	// page may look for its laptop at them. Optional.
	URLs func() []string
	// Refresh looks for servers again and calls SetServers before it returns. The gateway
	// asks when a model is unknown, never twice at once, and waits 1.5 s at most. Optional.
	Refresh func(ctx context.Context)
	// ServerWantsKey is called with the ID of a server that refused a request for model because a key of
	// its own, or a sign-in, is missing or wrong. It is called from the request's goroutine and must
	// return at once. Optional.
	ServerWantsKey func(serverID, model string)
	// Hosts returns names under which this machine may be asked for (the Host header),
	// besides addresses and the names that nobody can have in the DNS: .localhost, .local and
	// .internal. Letter case and a dot at the end do not matter. It is called for every request
	// that asks for another name. Optional.
	Hosts func() []string
	// Networks returns the networks that this machine is in: the prefixes of its interfaces. A client in
	// one of them may ask, like everybody at a private, link-local, loopback or shared (100.64/10)
	// address. It is called for every request from any other address. Optional.
	Networks func() []netip.Prefix
	// Origins limits which web pages may use the gateway: exact origins
	// ("https://chat.example.org") or all below one ("https://*.example.org"). Empty means
	// any page, which is safe because the key is no cookie.
	Origins []string
	// MaxBody is the largest request body in bytes; zero means DefaultMaxBody.
	MaxBody int64
	// Logger gets what went wrong; never a key, a code, a prompt or an answer. Nil: nothing.
	Logger *slog.Logger
	// Observe is called when a request begins and again when it has ended, with the same
	// Exchange.ID, from the request's goroutine. It must return at once. Requests for the
	// connect page's files, /healthz and preflights are not reported. Optional.
	Observe func(Exchange)
	// Encrypted is called when a device on our network speaks TLS to us, which is plain HTTP, and
	// does not come back with plain HTTP within two seconds, as a browser does that tries https
	// first: somebody has typed https:// then, and sees an error that is not ours. It is called on
	// a goroutine of its own and must return soon. Optional.
	Encrypted func(peer netip.Addr)

	once       sync.Once
	handler    http.Handler
	dial       transport.Dialer // nil: the usual one
	transport  *transport.Transport
	relay      *relay.Relay
	routes     table
	log        *slog.Logger
	laptop     fault.Laptop
	timing     timing
	chooser    chooser
	quota      quota
	paused     atomic.Bool
	desk       *admission.Desk
	home       home
	handshakes admission.Handshakes
	calls      registry
	watches    watches
	shelf      kept.Shelf
	contacts   contact.Ledger
	reports    contact.Reports
	failures   failureLimits
	nobody     [32]byte // makes the proofs for phones that are not known
	readiness  readiness.Asker
	room       *body.Room // for the bodies of all requests under way
}

// failureLimits counts wrong keys and wrong codes apart: an app that keeps asking with the key
// of a removed phone must not stop the person from scanning a new code on the same phone.
// Questions for a proof are no failures, but anybody may ask them; reports and hand-overs are none either, but are kept.
type failureLimits struct {
	keys, codes, proofs limit.Addresses
	reports, handovers  limit.Devices
}

// timing holds the durations that tests need shorter.
type timing struct {
	write   time.Duration // a single write to the client
	read    time.Duration // a single read of the request's body
	pair    time.Duration // reading a whole pairing request
	drain   time.Duration // reading on after a refusal, so that the client sees it
	refresh time.Duration // waiting for Refresh
	open    time.Duration // silence after which the gateway opens an SSE stream itself
	ping    time.Duration // silence in an open SSE stream before a comment is sent
	alone   time.Duration // for which a named answer goes on, or is kept, with nobody there
	stop    time.Duration // grace for open requests when Serve ends
}

var defaultTiming = timing{
	write:   30 * time.Second,
	read:    60 * time.Second,
	pair:    10 * time.Second,
	drain:   10 * time.Second,
	refresh: 1500 * time.Millisecond,
	open:    10 * time.Second,
	ping:    10 * time.Second,
	alone:   2 * time.Minute,
	stop:    time.Second,
}

// Handler returns the gateway as an http.Handler. The http.Server that uses it must not have
// a WriteTimeout, which would cut streams; Serve brings a server that is right.
func (g *Gateway) Handler() http.Handler {
	g.once.Do(g.build)
	return g.handler
}

func (g *Gateway) build() {
	g.log = g.Logger
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	if g.timing == (timing{}) {
		g.timing = defaultTiming
	}
	if g.MaxBody == 0 {
		g.MaxBody = DefaultMaxBody
	}
	g.laptop = fault.Laptop(cmp.Or(g.Name, "the laptop"))
	g.routes = g.table()
	g.nobody = newSecret()
	g.failures.proofs.Most, g.failures.reports.Most, g.failures.handovers.Most = proofsAMinute, reportsAMinute, handoversAMinute
	g.desk = admission.New()
	g.desk.Encrypted, g.desk.Contacts = g.encrypted, &g.contacts
	g.home = home{names: g.Hosts, networks: g.Networks}
	g.handshakes.Tell = g.Encrypted
	g.room = body.NewRoom(max(maxSpooled, 2*g.MaxBody))
	g.chooser = chooser{look: g.Refresh, limit: g.timing.refresh, laptop: g.laptop}
	g.quota = quota{
		spend: g.Spend, refund: g.Refund, calls: &g.calls, laptop: g.laptop, refunds: limit.Devices{Most: refundsAMinute},
	}
	g.transport = transport.New(g.dial)
	g.relay = relay.New(relay.Options{
		Transport: g.transport, Catalog: g.chooser.models, Room: g.room, Laptop: g.laptop, Log: g.log,
		ServerWantsKey: g.ServerWantsKey, OpenAfter: g.timing.open, PingAfter: g.timing.ping,
	})
	g.handler = chain(http.HandlerFunc(g.dispatch),
		g.record, g.recovery, g.cors, g.finalCORS, g.guard, g.find, g.authorize)
}

// middleware is one step of a request's way: it does its part and calls the next, or answers.
type middleware func(next http.Handler) http.Handler

// chain puts the steps before h; the first one named sees the request first.
func chain(h http.Handler, steps ...middleware) http.Handler {
	for i := len(steps) - 1; i >= 0; i-- {
		h = steps[i](h)
	}
	return h
}
