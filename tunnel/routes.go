package tunnel

import (
	"net/http"
	"net/url"
	"slices"
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

	dialect   Dialect  // what a server must speak to be asked
	query     []string // the fields that are forwarded
	names     []string // the body's fields that name the model, the first has precedence
	free      bool     // only tells what there is: no request of a guest's pass is spent
	generates bool     // a stream of it has an end mark
	webSocket bool
}

var (
	reads = []string{http.MethodGet, http.MethodHead}
	posts = []string{http.MethodPost}
)

// table lists every path. What servers have besides (loading and unloading models, pulling,
// deleting, logs, slots, metrics, file access) stays on the laptop, also where it is a GET.
func (g *Gateway) table() map[string]*route {
	routes := make(map[string]*route)
	add := func(r *route) *route {
		routes[r.path] = r
		return r
	}

	for _, r := range g.pageRoutes() {
		add(r)
	}
	add(&route{path: "/healthz", methods: reads, public: true, always: true, quiet: true, serve: g.serveHealth})
	add(&route{path: "/proof", methods: reads, public: true, always: true, quiet: true, query: []string{"at", "nonce", "phone"}, serve: g.serveProof})
	add(&route{path: "/pair", methods: posts, public: true, serve: g.servePair})
	add(&route{path: "/apps", methods: reads, query: []string{"base"}, serve: g.serveApps})
	add(&route{path: "/device", methods: reads, serve: g.serveDevice})

	add(&route{path: streamsPath, methods: []string{http.MethodGet, http.MethodDelete}, query: []string{"from"}, serve: g.serveStream})

	add(&route{path: modelsPath, methods: reads, serve: g.serveModels})
	add(&route{path: modelsPath + "/{id}", methods: reads, serve: g.serveModel})
	add(&route{path: "/api/tags", methods: reads, serve: g.serveTags})
	add(&route{path: "/api/version", methods: reads, serve: g.serveVersion})
	add(&route{path: "/api/ps", methods: reads, serve: g.serveRunning})
	g.addForwarded(add)
	return routes
}

// addForwarded adds what goes on to a server.
func (g *Gateway) addForwarded(add func(*route) *route) {
	for _, path := range []string{
		"/v1/embeddings", "/v1/rerank", "/v1/moderations", "/v1/images/generations", "/v1/images/edits",
		"/v1/audio/transcriptions", "/v1/audio/translations", "/v1/audio/speech",
	} {
		add(g.forwarded(path, OpenAI))
	}
	for _, path := range []string{"/v1/chat/completions", "/v1/completions", "/v1/responses"} {
		add(g.forwarded(path, OpenAI)).generates = true
	}
	voices := add(g.forwarded("/v1/audio/voices", OpenAI))
	voices.methods, voices.query, voices.free = reads, []string{"model"}, true
	realtime := add(g.forwarded("/v1/realtime", OpenAI))
	realtime.methods, realtime.query, realtime.webSocket = reads[:1], []string{"model", "intent"}, true

	messages := add(g.forwarded("/v1/messages", Anthropic))
	messages.generates, messages.query = true, []string{"beta"}
	add(g.forwarded("/v1/messages/count_tokens", Anthropic)).query = []string{"beta"}

	for _, path := range []string{"/api/chat", "/api/generate"} {
		add(g.forwarded(path, Ollama)).generates = true
	}
	for _, path := range []string{"/api/embed", "/api/embeddings"} {
		add(g.forwarded(path, Ollama))
	}
	show := add(g.forwarded(showPath, Ollama))
	show.names, show.free = []string{"model", "name"}, true // "name" until Ollama 0.2
}

func (g *Gateway) forwarded(path string, d Dialect) *route {
	return &route{path: path, methods: posts, serve: g.forward, dialect: d, names: []string{"model"}}
}

// hasBody reports whether requests to the route have a body.
func (rt *route) hasBody() bool { return !slices.Contains(rt.methods, http.MethodGet) }

// dispatch is the end of the chain: the request is allowed in and its route is known.
func (g *Gateway) dispatch(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	if c.route == nil {
		g.fail(w, r, c.refusal)
		return
	}
	if c.route.quiet {
		c.report = false
	}
	if g.paused.Load() && !c.route.always {
		g.fail(w, r, g.errPaused())
		return
	}
	r.URL.RawQuery = listed(r.URL.Query(), c.route.query)
	c.route.serve(w, r)
}

// listed drops the query fields that are not in names. Some servers compare the end of the
// whole request line, query included, with the paths of their admin functions.
func listed(query url.Values, names []string) string {
	kept := make(url.Values, len(names))
	for _, name := range names {
		if v, ok := query[name]; ok {
			kept[name] = v
		}
	}
	return kept.Encode()
}
