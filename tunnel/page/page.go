// Package page serves the connect page: the files that a phone's browser gets, each with a policy that
// lets it load from us and talk to us, and nothing else.
package page

import (
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"modelbeam/assets"
)

// pagePolicy lets the connect page run what came with it, and nothing else; what a model answers can never run
// as a script. It may load from us and talk to us. Pictures may also come from the page itself: the photos
// that a person picks, and drawn QR codes. Nobody may frame it, or a foreign page could put it
// under its own buttons and have a person press ours.
const pagePolicy = "default-src 'none'; script-src " + scriptHashes + "; style-src " + styleHashes + "; img-src 'self' data: blob:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'"

// framedFile is the one file that a page may frame, and that page is ours: its test of the
// connection runs in a sandboxed frame, to be of another origin. There is nothing to press in it.
//
// To WebKit, so to every browser on an iPhone, 'self' means nothing in such a frame: its origin is
// none. So the address is spelled out beside it, which is for the browsers to whom the page came by
// another scheme or name.
const (
	framedFile   = "probe.html"
	framedPolicy = "default-src 'none'; script-src " + scriptHashes + "; connect-src 'self' " + spelledOut +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

// Places in a policy.
const (
	scriptHashes = "{scripts}"
	styleHashes  = "{styles}"
	spelledOut   = "{origin}"
)

// filePolicy is for what is no page, should somebody open it as one.
const filePolicy = "default-src 'none'; frame-ancestors 'none'"

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
// says "text/plain" for scripts on some Windows machines (https://go.dev/issue/32350). On others it has thousands of
// lines, which would stay in memory.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".ico":  "image/x-icon",
	".txt":  "text/plain; charset=utf-8",

	".webmanifest": "application/manifest+json",
}

// File is one file of the page with the path at which it is served.
type File struct {
	Path  string
	Serve http.HandlerFunc // GET and HEAD
}

// Files are the connect page, which is at "/", what it frames and draws, and its translations. Scripts and style
// sheets are within the pages that need them. others returns the base addresses at which the page may reach us
// besides the one that it came from.
func Files(others func() []string) []File {
	translations, err := fs.Sub(assets.Translations, "translations/page")
	if err != nil {
		panic(err) // the name is constant
	}
	return slices.Concat(
		below("/", assets.Connect, translations, others),
		below("/translations/", translations, nil, others),
	)
}

// below returns the files of a folder; its pages have words in them.
func below(prefix string, files, words fs.FS, others func() []string) []File {
	var all []File
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || isPart(name) {
			return err
		}
		if path.Ext(name) == ".html" {
			document := newDocument(files, name, words, others)
			if prefix+name == "/index.html" {
				all = append(all, File{"/", serveRoot(document.serve)})
			} else {
				all = append(all, File{prefix + name, document.serve})
			}
			return nil
		}
		f, err := loadFile(files, name)
		if err == nil {
			all = append(all, File{prefix + name, f.serve})
		}
		return err
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	return all
}

// isPart reports whether a file comes within the pages that need it.
func isPart(name string) bool { return path.Ext(name) == ".js" || path.Ext(name) == ".css" }

// serveRoot gives browsers the page and everything else what Ollama says there: its clients look for
// it, and some take no other answer for that of a server (checkHost of JHubi1/ollama-app).
func serveRoot(page http.HandlerFunc) http.HandlerFunc {
	const greeting = "Ollama is running"
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept, Sec-Fetch-Mode")
		if IsNavigation(r.Header) {
			page(w, r)
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

// IsNavigation reports whether a person opens the address in a browser. What a page or a program
// fetches takes anything, or JSON.
func IsNavigation(h http.Header) bool {
	return strings.Contains(h.Get("Accept"), "text/html") || h.Get("Sec-Fetch-Mode") == "navigate"
}
