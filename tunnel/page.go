package tunnel

import (
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"modelbeam/assets"
)

// pagePolicy lets the connect page load from us and talk to us, and nothing else; what a model
// answers can never run as a script. Pictures may also come from the page itself: the photos
// that a person picks, and drawn QR codes. Nobody may frame it, or a foreign page could put it
// under its own buttons and have a person press ours.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'"

// framedFile is the one file that a page may frame, and that page is ours: its test of the
// connection runs in a sandboxed frame, to be of another origin. There is nothing to press in it.
//
// To WebKit, so to every browser on an iPhone, 'self' means nothing in such a frame: its origin is
// none. So the address is spelled out beside it, which is for the browsers to whom the page came by
// another scheme or name.
const (
	framedFile   = "probe.html"
	framedPolicy = "default-src 'none'; script-src 'self' " + spelledOut + "; connect-src 'self' " + spelledOut +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	spelledOut = "{origin}"
)

// policyHost is what a Content-Security-Policy can name: a host and a port
// (https://www.w3.org/TR/CSP3/#grammardef-host-source). Whatever else a Host header holds, which may be
// ";" and "'", never gets into ours.
var policyHost = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?$`)

// spell is the origin of a page that was asked for under host, for a policy. An IPv6 address
// cannot be named there, so its scheme stands for it: all that runs in the frame is our own probe.
func spell(host string) string {
	if policyHost.MatchString(host) {
		return "http://" + host
	}
	return "http:"
}

// pageTypes names the types of the page's files. The system's table, which package mime reads,
// says "text/plain" for scripts on some Windows machines (https://go.dev/issue/32350).
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".ico":  "image/x-icon",

	".webmanifest": "application/manifest+json",
}

// pageRoutes are the connect page's files and its translations; index.html is at "/".
func (g *Gateway) pageRoutes() []*route {
	translations, err := fs.Sub(assets.Translations, "translations/page")
	if err != nil {
		panic(err) // the name is constant
	}
	return slices.Concat(
		g.fileRoutes("/", assets.Connect),
		g.fileRoutes("/translations/", translations),
	)
}

func (g *Gateway) fileRoutes(prefix string, files fs.FS) []*route {
	var routes []*route
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := loadFile(files, name)
		if err != nil {
			return err
		}
		f.local = g.local
		rt := &route{path: prefix + name, methods: reads, public: true, always: true, quiet: true, serve: f.serve}
		if rt.path == "/index.html" {
			rt.path, rt.serve = "/", g.serveRoot(f)
		}
		routes = append(routes, rt)
		return nil
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	return routes
}

// serveRoot gives browsers the page and everything else what Ollama says there: its clients look for
// it, and some take no other answer for that of a server (checkHost of JHubi1/ollama-app).
func (g *Gateway) serveRoot(page *pageFile) http.HandlerFunc {
	const greeting = "Ollama is running"
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept, Sec-Fetch-Mode")
		if isNavigation(r.Header) {
			page.serve(w, r)
			return
		}
		h := w.Header()
		h.Set("Server", "Modelbeam") // or another Modelbeam on this machine would find an Ollama here
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(greeting)))
		h.Set("Cache-Control", "no-store")
		if r.Method != http.MethodHead {
			_, _ = io.WriteString(w, greeting)
		}
	}
}

// isNavigation reports whether a person opens the address in a browser. What a page or a program
// fetches takes anything, or JSON.
func isNavigation(h http.Header) bool {
	return strings.Contains(h.Get("Accept"), "text/html") || h.Get("Sec-Fetch-Mode") == "navigate"
}

// serveHealth answers GET /healthz. It says nothing about models, devices or servers. A web page of
// another origin learns no more than that we are here: by a name or an ID that last it could know
// whoever visits it again, and so could all pages together. Our own page needs neither from another
// address of this machine: it knows its laptop by a proof.
func (g *Gateway) serveHealth(w http.ResponseWriter, r *http.Request) {
	health := struct {
		OK      bool   `json:"ok"`
		Product string `json:"product"`
		Name    string `json:"name,omitempty"`
		ID      string `json:"id,omitempty"`
	}{OK: true, Product: "Modelbeam"}
	if !callOf(r).foreign {
		health.Name, health.ID = g.Name, g.ID
	}
	writeJSON(w, r, health)
}
