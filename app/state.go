package app

import (
	"maps"
	"slices"
	"strings"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/download"
	"modelbeam/app/reach"
	"modelbeam/app/usage"
)

// Phase says in one word what Modelbeam is doing. Every screen has its own look for each.
type Phase string

const (
	Searching Phase = "searching" // no server found yet, and the first look is not over
	Empty     Phase = "empty"     // nothing found, and the demo model is off
	Sharing   Phase = "sharing"   // the gateway is open and has at least one server
	Paused    Phase = "paused"    // the person pressed Pause
	Offline   Phase = "offline"   // no network that a phone could be on
	Failed    Phase = "failed"    // the gateway cannot open; Problem says why
)

// State is everything that a person sees, at one moment. It is a plain value: the Controller
// makes a new one on every change, and window, tray, terminal and --json only render it.
// The slices never change once they are published, so a State may be kept and read
// from any goroutine. It holds no key; the pairing code in it is one-time and short-lived.
type State struct {
	Phase      Phase     `json:"phase"`
	Name       string    `json:"name"` // this laptop, as phones see it
	Version    string    `json:"version"`
	Listen     string    `json:"listen"`                // the gateway's bound address; empty until it is open
	URLs       []string  `json:"urls"`                  // addresses a phone could use, best first
	Pairing    Pairing   `json:"pairing"`               // what the QR code says; zero while nobody can pair
	Addresses  []Address `json:"addresses"`             // the candidates, best first, and which one the QR code has
	Servers    []Server  `json:"servers"`               // in the order of preference; the demo model last
	Hints      []Hint    `json:"hints,omitempty"`       // what else could be shared, with one step
	Devices    []Device  `json:"devices"`               // the most recently seen first
	JustPaired string    `json:"just_paired,omitempty"` // the name of the device that paired a moment ago
	Waiting    bool      `json:"waiting,omitempty"`     // a code was shown for 30 s, and no phone came: Examine may know why
	Awake      Awake     `json:"awake"`                 // whether this computer may go to sleep
	Login      Login     `json:"login"`                 // whether Modelbeam starts with it
	// Downloads are the models on their way, in the order in which they were asked for, and Offers those that fit
	// this computer and could be: only while a server is there that can get them.
	Downloads []Download `json:"downloads,omitempty"`
	Offers    []Offer    `json:"offers,omitempty"`
	Language  string     `json:"language,omitempty"` // the one that the person chose, as a tag such as "zh-Hant"; empty: the system's
	// Usage has the last 30 days, the oldest first. Scripts get it from "beam devices --json".
	Usage   []usage.Row `json:"-"`
	Problem *Problem    `json:"problem,omitempty"` // the most important thing that is wrong, or nil
	Update  *Update     `json:"update,omitempty"`  // about new versions; nil in a build that never looks for any
}

// Update is what a person decided about new versions of Modelbeam, and the one that there is.
type Update struct {
	Ask        bool   `json:"ask,omitempty"`        // it is time to ask whether Modelbeam may look for new versions
	On         bool   `json:"on"`                   // it may
	Version    string `json:"version,omitempty"`    // a newer one
	Page       string `json:"page,omitempty"`       // where people get it
	Install    bool   `json:"install,omitempty"`    // Controller.InstallUpdate can put it in place
	Installing bool   `json:"installing,omitempty"` // that is being done, or waits for phones that are answered
	Failed     string `json:"failed,omitempty"`     // the technical error of the last try
}

// Pairing is an open invitation for one phone.
type Pairing struct {
	URL     string    `json:"url,omitempty"`  // the QR code's text: http://<IPv4>:<port>/#c=<CODE>
	Code    string    `json:"code,omitempty"` // as a person types it: 7KQ2-M9XF
	Expires time.Time `json:"expires,omitzero"`
	Guest   *Guest    `json:"guest,omitempty"` // what a phone may do that uses this code; nil: everything, for good
}

// Address is an address of this machine that phones could reach.
type Address = reach.Address

// Download is a model on its way, Failure what is wrong with it, and Offer a model that could be next.
type (
	Download = download.Download
	Offer    = download.Offer
	Failure  = download.Failure
)

// Server is a local LLM server that is shared.
type Server struct {
	ID     string   `json:"id"`   // stable for as long as it is at its address: "ollama", "ollama-2"
	Kind   string   `json:"kind"` // the product: "ollama", "lmstudio", "vllm" ...; "openai" when it is not known, or "demo"
	Name   string   `json:"name"` // "Ollama"
	URL    string   `json:"url"`
	Models []string `json:"models"` // those that phones may use
	// HiddenModels are those that the person keeps from phones; Hidden keeps all of them.
	HiddenModels []string `json:"hidden_models,omitempty"`
	Hidden       bool     `json:"hidden,omitempty"`
	Manual       bool     `json:"manual,omitempty"` // added by hand; of the demo, that it was asked for
	Online       bool     `json:"online"`           // only a server added by hand is kept while it does not answer
	// NeedsKey says that the server wants a key that we do not have.
	NeedsKey bool `json:"needs_key,omitempty"`
	// Loading says that the server is loading its model; it answers when that is done.
	Loading bool `json:"loading,omitempty"`
	// CloudModels are those of Models that the server passes on to a service on the internet, each
	// with the host of that service.
	CloudModels map[string]string `json:"cloud_models,omitempty"`
	// Gets says that the server can download models, by Controller.GetModel.
	Gets bool `json:"gets,omitempty"`
	// ModelsPage is the page on which people get models for it, or empty.
	ModelsPage string `json:"models_page,omitempty"`
	// User is the login name of the other user of this machine who runs the server. It is Hidden
	// until the person says otherwise.
	User string `json:"user,omitempty"`
}

// Demo says that this is the built-in demo model.
func (s Server) Demo() bool { return s.Kind == KindDemo }

// KindDemo is the Kind of the built-in demo model.
const KindDemo = "demo"

// Hint says that something is almost there: an app that is installed but not running, say. Text
// is an English sentence and the key of its translations.
type Hint struct {
	Kind   string `json:"kind"`             // "ollama-not-running", "lmstudio-server-off", "no-model": stable, for scripts
	Name   string `json:"name"`             // "Ollama"
	Text   string `json:"text"`             // with {{.Name}} in it
	Action string `json:"action,omitempty"` // the button's text, or empty: there is nothing we could do
}

// CodeApp is a chat app that scans a QR code of its own with a scanner of its own.
type CodeApp struct {
	ID, Name string
	Steps    string // what to do on the phone: an English sentence, the key of its translations
}

// Device is a paired phone, or anything else that holds a key.
type Device struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Paired   time.Time `json:"paired"`
	LastSeen time.Time `json:"last_seen,omitzero"` // zero: never
	Active   int       `json:"active"`             // requests being answered right now
	Model    string    `json:"model,omitempty"`    // the one that answers it right now
	Tokens   int       `json:"tokens,omitempty"`   // of the answers that it is getting right now
	Today    Usage     `json:"today"`
	Paused   bool      `json:"paused,omitempty"`
	Guest    *Guest    `json:"guest,omitempty"` // nil: it may do everything, for good
	// OldAddress is the only address of ours that the device knows, when we no longer have it.
	OldAddress string `json:"old_address,omitempty"`
}

// Guest is what the holder of a pass may do, in the words of a screen: devices.Pass has what the disk keeps,
// and catalog.Pass what the gateway holds to. Zero means no limit.
type Guest struct {
	Until    time.Time `json:"until,omitzero"`
	Models   []string  `json:"models,omitempty"`
	Requests int       `json:"requests,omitempty"`
	Left     int       `json:"left"` // of Requests, where those are limited
}

// GuestOf is a pass as a person sees it; nil stays nil.
func GuestOf(p *devices.Pass) *Guest {
	if p == nil {
		return nil
	}
	return &Guest{Until: p.Until, Models: p.Models, Requests: p.Requests, Left: max(p.Requests-p.Used, 0)}
}

// Over reports whether nothing of the pass is left.
func (g *Guest) Over(now time.Time) bool {
	return !g.Until.IsZero() && !now.Before(g.Until) || g.Requests > 0 && g.Left <= 0
}

// Usage counts what was asked and answered.
type Usage struct {
	Requests int `json:"requests"`
	Tokens   int `json:"tokens"` // generated; about one for three quarters of an English word
}

// Problem is something that is wrong, in words for the person. Title and Advice are English
// text/templates over Params, and at the same time the translation keys: a screen in
// another language translates them, everyone else calls Sentence or TerminalSentence.
type Problem struct {
	Kind   ProblemKind       `json:"kind"`
	Title  string            `json:"title"`            // what happened: one short sentence
	Advice string            `json:"advice"`           // the next step: one sentence
	Action string            `json:"action,omitempty"` // the button's text, or empty: nothing to press
	Params map[string]string `json:"params,omitempty"`
	Detail string            `json:"detail,omitempty"` // the technical error, for "Details"

	// Remedy is what the button does; empty: it calls Controller.Retry.
	Remedy Remedy `json:"remedy,omitempty"`
	// Terminal is what can be done at a command line besides: an English template over Params, or empty.
	Terminal string `json:"-"`
}

// Sentence is the problem in English with its parameters filled in. It fits every screen.
func (p *Problem) Sentence() string { return p.fill(p.Title) + " " + p.fill(p.Advice) }

// TerminalSentence is Sentence for those who sit at a command line.
func (p *Problem) TerminalSentence() string {
	return strings.TrimSpace(p.Sentence() + " " + p.fill(p.Terminal))
}

func (p *Problem) fill(pattern string) string {
	for _, k := range slices.Sorted(maps.Keys(p.Params)) {
		pattern = strings.ReplaceAll(pattern, "{{."+k+"}}", p.Params[k])
	}
	return pattern
}

// Models counts the models that phones can use now. The built-in demo is not one of them.
func (s State) Models() int {
	n := 0
	for _, srv := range s.Servers {
		if srv.Online && !srv.Demo() && !srv.Hidden && !srv.NeedsKey && !srv.Loading {
			n += len(srv.Models)
		}
	}
	return n
}

// OnlyDemo reports whether the built-in demo is all there is. What another user of this computer runs does
// not count until the person shares it.
func (s State) OnlyDemo() bool {
	demo := false
	for _, srv := range s.Servers {
		if srv.Online && !srv.Demo() && !(srv.User != "" && srv.Hidden) {
			return false
		}
		demo = demo || srv.Demo()
	}
	return demo
}
