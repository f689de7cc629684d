package contact

import (
	"net/netip"
	"time"
)

// Limits of a report.
const (
	// MaxReport is how many bytes a report may have on its way in.
	MaxReport = 4 << 10
	maxTries  = 12
	slowest   = 2 * time.Minute // of a try
	oldest    = 7 * 24 * time.Hour
)

// Outcome is what a phone saw at an address.
type Outcome string

// What a browser can tell. It cannot tell a refusal from a name that is not found.
const (
	Answered Outcome = "answered" // the laptop, by its proof
	Stranger Outcome = "stranger" // somebody without the proof
	Mute     Outcome = "mute"     // nothing within the limit
	Broken   Outcome = "broken"   // an error: refused, no way there, the name is not known, or the browser forbids it
)

// Try is one address that a phone tried.
type Try struct {
	URL     string // http://<host>[:port], the host an address or a name that ends in .local
	Outcome Outcome
	Took    time.Duration // until the outcome
}

// Occasion is why a phone looked.
type Occasion string

// Occasions.
const (
	Test Occasion = "test" // the person pressed "Test the connection"
	Lost Occasion = "lost" // the page had lost its laptop
)

// Obstacle is what stands in the way of apps on a phone.
type Obstacle string

// Obstacles, as the page's test of the connection finds them.
const (
	NoAddress  Obstacle = "address" // the laptop answers at none of its addresses
	Origins    Obstacle = "origin"  // web apps get no answer where the page does: --origin, the settings or the browser keeps them out
	Key        Obstacle = "key"     // the key is not good
	NoModel    Obstacle = "model"   // there is no model, or it does not answer
	SecurePage Obstacle = "https"   // the page came by https: browsers let it ask for nothing by http
)

// Answer is yes, no or unknown.
type Answer string

// Answers. The zero value is for what was not asked.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Report is what a phone's page found when it looked for its laptop. Every field is from a closed set, so that
// none of them says what a stranger likes.
type Report struct {
	Received time.Time     // by our clock
	Made     time.Time     // by our clock: Received less what the phone says has passed since
	Ahead    time.Duration // how far the phone's clock is ahead of ours; the time that the report took is in it
	Peer     netip.Addr
	Local    netip.Addr // the address of ours at which the phone told
	Device   string     // its ID

	Occasion Occasion
	Tries    []Try  // at most 12
	Name     Answer // whether the phone resolved the .local name
	Online   Answer // what the browser says of its network (navigator.onLine)
	Network  string // "wifi", "cellular", "ethernet", "other" or "": the browser does not tell
	Scheme   string // of the page: "http" or "https"
	Browser  string // "chromium", "firefox", "webkit" or "other"

	Obstacles []Obstacle // what the page's test found in the way of apps
}
