package tunnel

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/keys"
	"modelbeam/tunnel/websocket"
)

const modelsPath = "/v1/models"

// bareNames are first segments that belong below /v1: many clients are given an address
// without it and append only the rest.
var bareNames = []string{
	"models", "chat", "completions", "embeddings", "responses", "audio", "images",
	"rerank", "moderations", "messages", "realtime",
}

// find takes the keys out of the request and finds its route. It answers nothing itself:
// without a valid key nobody learns what exists, so 404 and 405 wait for dispatch.
func (g *Gateway) find(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		known := takeTarget(r)
		c.protocols = websocket.Offered(r.Header)
		c.keys = keys.Take(r)
		path, model, ok := r.URL.Path, "", true
		if !g.routes.has(path) {
			path, model, ok = canonical(path)
		}
		if !ok || !known {
			c.refusal = unknown(c.path, g.laptop, g.chooser.models())
			next.ServeHTTP(w, r)
			return
		}
		c.path, c.modelID = keys.PublicPath(path), model
		if model != "" {
			path = modelsPath + "/{id}"
		}
		if id, ok := strings.CutPrefix(path, "/streams/"); ok {
			c.streamID, c.path, path = id, streamsPath, streamsPath
		}
		r.URL.Path, r.URL.RawPath = path, ""
		c.route, c.refusal = g.routes.find(r.Method, path)
		if c.route == nil && c.refusal == nil {
			c.refusal = unknown(path, g.laptop, g.chooser.models())
		}
		next.ServeHTTP(w, r)
	})
}

// takeTarget makes a path of a target that is a whole URL, as proxies get them and any server must
// take them (RFC 9112 section 3.2.2). net/http has taken the Host from there. It reports false for
// a URL that cannot be ours.
func takeTarget(r *http.Request) bool {
	ours := r.URL.Host == "" || r.URL.Scheme == "http" && r.URL.User == nil
	r.URL.Scheme, r.URL.Host, r.URL.User = "", "", nil
	return ours
}

// canonical brings an escaped path into the one form of the table, forgiving what clients are
// known to do: doubled and trailing slashes, /v1/v1/x, /api/api/x, /openai/v1/x, /api/v1/x, which is
// how OpenRouter's addresses look, and /x for /v1/x. It reports false for a path that could mean one
// thing here and another to a server: escapes, dot segments, and characters that no listed path has.
// A model's id may have any of these; it is returned unescaped beside the path, and is only ever
// looked up, never forwarded.
func canonical(escaped string) (path, model string, ok bool) {
	segments := forgive(strings.FieldsFunc(escaped, func(c rune) bool { return c == '/' }))
	if len(segments) > 2 && segments[0] == "v1" && segments[1] == "models" {
		id, err := url.PathUnescape(strings.Join(segments[2:], "/"))
		if err != nil {
			return "", "", false
		}
		return modelsPath + "/" + id, id, true
	}
	for _, s := range segments {
		if s == "." || s == ".." || strings.ContainsFunc(s, foreign) {
			return "", "", false
		}
	}
	return "/" + strings.Join(segments, "/"), "", true
}

// foreign tells what no path of ours has.
func foreign(c rune) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return false
	}
	return !strings.ContainsRune("-_.", c)
}

func forgive(segments []string) []string {
	for len(segments) > 1 {
		first, second := segments[0], segments[1]
		doubled := first == second && (first == "v1" || first == "api")
		crossed := first == "v1" && second == "api" // an Ollama app given the address with /v1
		prefixed := first == "openai" && second == "v1"
		routed := first == "api" && second == "v1" // OpenRouter's
		if !doubled && !crossed && !prefixed && !routed {
			break
		}
		segments = segments[1:]
	}
	if len(segments) > 0 && slices.Contains(bareNames, segments[0]) {
		segments = append([]string{"v1"}, segments...)
	}
	return segments
}

// managing are the functions of Ollama's API that change which models there are, with what to do
// instead (https://github.com/ollama/ollama/blob/main/docs/api.md).
var managing = map[string]struct{ what, command string }{
	"pull":   {"downloaded", "pull NAME"},
	"push":   {"published", "push NAME"},
	"create": {"created", "create NAME"},
	"blobs":  {"created", "create NAME"},
	"copy":   {"copied", "cp NAME COPY"},
	"delete": {"removed", "rm NAME"},
}

// unknown says that there is nothing at path, and where the person may have wanted to go.
func unknown(path string, laptop fault.Laptop, models *catalog.Catalog) *fault.Failure {
	hint := "Use an address that ends in /v1 for OpenAI-compatible apps, or without it for Ollama apps."
	rest, isAPI := strings.CutPrefix(path, "/api/")
	function, _, _ := strings.Cut(rest, "/")
	if k, ok := managing[function]; isAPI && ok {
		return laptop.ModelsKept(k.what, managedBy(models, k.command))
	}
	if isAPI || path == "/api" {
		hint = "Of Ollama's API it has tags, chat, generate, embed, embeddings, show, ps and version."
	}
	return fault.UnknownPath(hint)
}

// managedBy says how the person changes which models there are, in the AI app that is there.
func managedBy(c *catalog.Catalog, command string) string {
	servers := c.Servers
	switch {
	case len(servers) == 0:
		return "start Ollama, LM Studio or another AI app there"
	case slices.ContainsFunc(servers, func(s catalog.Server) bool { return strings.HasPrefix(s.Name, "Ollama") }):
		return fmt.Sprintf("run \"ollama %s\" there", command)
	}
	return fmt.Sprintf("use the AI app there, which is %s", servers[0].Name)
}
