package tunnel

import (
	"net/http"
	"slices"
	"strings"

	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/page"
)

// route is one line of the table of what exists. Nothing that is not in the table reaches a
// server, and nothing but its exact path, method and listed query fields does.
type route struct {
	path    string
	methods []string // for the Allow header, GET first
	public  bool     // needs no key
	always  bool     // also while paused
	quiet   bool     // not for Observe
	serve   http.HandlerFunc

	dialect   dialect.Dialect // what a server must speak to be asked
	query     []string        // the fields that are forwarded
	names     []string        // the body's fields that name the model, the first has precedence
	free      bool            // only tells what there is: no request of a guest's pass is spent
	generates bool            // a stream of it has an end mark
	webSocket bool
}

var (
	reads = []string{http.MethodGet, http.MethodHead}
	posts = []string{http.MethodPost}
)

// table is every path that exists. What servers have besides (loading and unloading models, pulling,
// deleting, logs, slots, metrics, file access) stays on the laptop, also where it is a GET.
type table map[string]*route

func (t table) add(r *route) *route {
	t[r.path] = r
	return r
}

// has reports whether path stands in the table as it is: then it is in the form that canonical brings others
// into.
func (t table) has(path string) bool { return t[path] != nil && !strings.Contains(path, "{") }

// find looks up what a method at a path is. Both results are nil where there is nothing at the path.
func (t table) find(method, path string) (*route, *fault.Failure) {
	rt := t[path]
	if rt != nil && !slices.Contains(rt.methods, method) {
		return nil, fault.MethodNotAllowed(rt.methods)
	}
	return rt, nil
}

// table lists what the gateway answers itself, and what it forwards.
func (g *Gateway) table() table {
	t := make(table)
	for _, f := range page.Files(g.addresses) {
		serve := f.Serve
		if f.Path == "/" {
			serve = g.servePage(serve)
		}
		t.add(&route{path: f.Path, methods: reads, public: true, always: true, quiet: true, serve: serve})
	}
	t.add(&route{path: "/healthz", methods: reads, public: true, always: true, quiet: true, serve: g.serveHealth})
	t.add(&route{path: "/proof", methods: reads, public: true, always: true, quiet: true, query: []string{"at", "nonce", "phone"}, serve: g.serveProof})
	t.add(&route{path: pairPath, methods: posts, public: true, serve: g.servePair})
	t.add(&route{path: handoverPath, methods: posts, serve: g.serveHandover})
	t.add(&route{path: redeemPath, methods: posts, public: true, serve: g.serveRedeem})
	t.add(&route{path: "/apps", methods: reads, query: []string{"base"}, serve: g.serveApps})
	t.add(&route{path: "/device", methods: reads, serve: g.serveDevice})
	t.add(&route{path: "/readiness", methods: reads, query: []string{"model"}, serve: g.serveReadiness})
	t.add(&route{path: "/report", methods: posts, serve: g.serveReport})

	t.add(&route{path: streamsPath, methods: []string{http.MethodGet, http.MethodDelete}, query: []string{"from"}, serve: g.serveStream})

	t.add(&route{path: modelsPath, methods: reads, serve: g.serveModels})
	t.add(&route{path: modelsPath + "/{id}", methods: reads, serve: g.serveModel})
	t.add(&route{path: "/api/tags", methods: reads, serve: g.serveTags})
	t.add(&route{path: "/api/version", methods: reads, serve: g.serveVersion})
	t.add(&route{path: "/api/ps", methods: reads, serve: g.serveLoaded})
	t.addForwarded(g.forward)
	return t
}

// servePage gives the page out and notes that: it is the first sign of a phone whose person has scanned the code.
func (g *Gateway) servePage(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if page.IsNavigation(r.Header) {
			g.note(callOf(r), contact.Page, "")
		}
		serve(w, r)
	}
}

// addForwarded adds what goes on to a server.
func (t table) addForwarded(forward http.HandlerFunc) {
	add := func(path string, d dialect.Dialect) *route {
		return t.add(&route{path: path, methods: posts, serve: forward, dialect: d, names: []string{"model"}})
	}
	for _, path := range []string{
		"/v1/embeddings", "/v1/rerank", "/v1/moderations", "/v1/images/generations", "/v1/images/edits",
		"/v1/audio/transcriptions", "/v1/audio/translations", "/v1/audio/speech",
	} {
		add(path, dialect.OpenAI)
	}
	for _, path := range []string{"/v1/chat/completions", "/v1/completions", "/v1/responses"} {
		add(path, dialect.OpenAI).generates = true
	}
	voices := add("/v1/audio/voices", dialect.OpenAI)
	voices.methods, voices.query, voices.free = reads, []string{"model"}, true
	realtime := add("/v1/realtime", dialect.OpenAI)
	realtime.methods, realtime.query, realtime.webSocket = reads[:1], []string{"model", "intent"}, true

	messages := add("/v1/messages", dialect.Anthropic)
	messages.generates, messages.query = true, []string{"beta"}
	add("/v1/messages/count_tokens", dialect.Anthropic).query = []string{"beta"}

	for _, path := range []string{"/api/chat", "/api/generate"} {
		add(path, dialect.Ollama).generates = true
	}
	for _, path := range []string{"/api/embed", "/api/embeddings"} {
		add(path, dialect.Ollama)
	}
	show := add("/api/show", dialect.Ollama)
	show.names, show.free = []string{"model", "name"}, true // "name" until Ollama 0.2
}

// hasBody reports whether requests to the route have a body.
func (rt *route) hasBody() bool { return !slices.Contains(rt.methods, http.MethodGet) }
