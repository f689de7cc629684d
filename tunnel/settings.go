package tunnel

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/ollama"
)

// Bounds for what a device may ask of the memory of the machine that it shares with others.
const (
	shortestStay   = time.Minute // a model that is to leave sooner is one to be unloaded
	longestStay    = 30 * time.Minute
	unknownContext = 32 << 10 // tokens, for a model of which it is not known what it takes
)

// restrain makes the request leave the machine as it is: which models are loaded and for how long, on
// which hardware and with how much memory, is the laptop's person's business. It returns how many
// members of the whole object are dropped. known may be nil.
func (p *payload) restrain(known *Model) (dropped int) {
	var gone []body.Setting
	for _, s := range p.fields.Settings {
		switch value, keep := restrained(s, known); {
		case !keep:
			gone = append(gone, s)
		case value != "":
			p.edits = append(p.edits, s.Replaced([]byte(value)))
		}
	}
	edits, dropped := body.Dropped(gone)
	p.edits = append(p.edits, edits...)
	return dropped
}

// restrained says whether a setting may stay, and the value it gets, as JSON; empty: the one it has.
func restrained(s body.Setting, known *Model) (value string, keep bool) {
	switch s.Name {
	case "keep_alive", "ttl":
		return restrainedStay(s)
	case "num_ctx":
		return restrainedContext(s, known)
	}
	return "", false
}

func restrainedStay(s body.Setting) (value string, keep bool) {
	switch stay, ok := stayOf(s); {
	case !ok || stay < shortestStay:
		return "", false // the server has a default
	case stay <= longestStay:
		return "", true
	case s.IsString:
		return `"` + longestStay.String() + `"`, true
	}
	return strconv.Itoa(int(longestStay.Seconds())), true
}

// stayOf reads for how long a model is to stay loaded: a number of seconds, of which Ollama takes the
// whole ones, or a text as Go writes durations (https://github.com/ollama/ollama, api/types.go,
// Duration.UnmarshalJSON). A negative one means for ever.
func stayOf(s body.Setting) (time.Duration, bool) {
	if s.IsString {
		if stay, err := time.ParseDuration(s.Text); err == nil {
			return stay, true
		}
	}
	seconds, err := strconv.ParseFloat(s.Text, 64)
	if err != nil || math.IsNaN(seconds) {
		return 0, false
	}
	return time.Duration(math.Trunc(max(-1, min(seconds, 1e9)))) * time.Second, true
}

// restrainedContext bounds the length of the context by what the model can use at all. Ollama takes
// memory for all of it before the first word.
func restrainedContext(s body.Setting, known *Model) (value string, keep bool) {
	n, err := strconv.ParseFloat(s.Text, 64)
	limit := 0
	if known != nil {
		limit = known.Context
	}
	switch {
	case err != nil || !(n >= 1):
		return "", false
	case limit > 0 && n > float64(limit):
		return strconv.Itoa(limit), true
	}
	return "", limit > 0 || n <= unknownContext
}

// unloads reports whether a request in Ollama's words is one to unload a model
// (https://github.com/ollama/ollama/blob/main/docs/api.md#unload-a-model).
func (p *payload) unloads(rt *route) bool {
	if rt.dialect != Ollama || !rt.generates || p.fields.Prompts+p.fields.Messages > 0 {
		return false
	}
	for _, s := range p.fields.Settings {
		if stay, ok := stayOf(s); s.Name == "keep_alive" && ok && stay == 0 {
			return true
		}
	}
	return false
}

// serveUnloaded answers a request to unload a model as Ollama does. The model stays where it is: other
// devices may be using it, and the server lets it go by itself.
func (g *Gateway) serveUnloaded(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	answer := ollama.Unloaded(c.target.model, strings.HasSuffix(c.route.path, "/chat"))
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer)
}
