package tunnel

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
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
const (
	framedFile   = "probe.html"
	framedPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

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

// pageFile is one embedded file, ready to be sent.
type pageFile struct {
	content []byte
	kind    string
	etag    string
	policy  string        // Content-Security-Policy
	framing string        // X-Frame-Options, for browsers without frame-ancestors
	local   func() string // Gateway.Local, where the page may reach us too
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

func loadFile(files fs.FS, name string) (*pageFile, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	kind, ok := pageTypes[path.Ext(name)]
	if !ok {
		kind = mime.TypeByExtension(path.Ext(name))
	}
	sum := sha256.Sum256(content)
	f := &pageFile{
		content: content,
		kind:    kind,
		etag:    `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
		policy:  pagePolicy,
		framing: "DENY",
	}
	if name == framedFile {
		f.policy, f.framing = framedPolicy, "SAMEORIGIN"
	}
	return f, nil
}

// currentPolicy is the policy with the address that lasts, so that the page can find out whether
// the phone resolves its name, and can come back by it.
func (f *pageFile) currentPolicy() string {
	local := f.local()
	if local == "" || f.policy != pagePolicy {
		return f.policy
	}
	return strings.Replace(f.policy, "connect-src 'self'", "connect-src 'self' "+local, 1)
}

func (f *pageFile) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", f.currentPolicy())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", f.framing)
	h.Set("Cache-Control", "no-cache") // kept, but asked about: an update must show at once
	h.Set("ETag", f.etag)
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(f.content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.content)
	}
}

// serveRoot gives browsers the page and everything else one line that names the product:
// some apps look for servers by asking "/" of every address and want no more than a 200.
func (g *Gateway) serveRoot(page *pageFile) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			page.serve(w, r)
			return
		}
		writeJSON(w, r, map[string]string{"product": "Modelbeam", "name": g.Name, "api": "/v1"})
	}
}

// serveHealth answers GET /healthz. It says nothing about models, devices or servers.
func (g *Gateway) serveHealth(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, r, struct {
		OK   bool   `json:"ok"`
		Name string `json:"name"`
		ID   string `json:"id"`
	}{true, g.Name, g.ID})
}
