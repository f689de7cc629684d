package body

import (
	"math"
	"strconv"
	"time"
)

// Bounds for what a device may ask of the memory of the machine that it shares with others.
const (
	shortestStay   = time.Minute // a model that is to leave sooner is one to be unloaded
	longestStay    = 30 * time.Minute
	unknownContext = 32 << 10 // tokens, for a model whose longest context is not known
)

// Restrain keeps the request from changing the machine: which models are loaded and for how long, on
// which hardware and with how much memory, is for the person at the laptop to decide. context is the
// longest context of the model that is asked for, in tokens; 0 when it is not known.
func (p *Payload) Restrain(context int) {
	var gone []Setting
	for _, s := range p.Fields.Settings {
		switch value, keep := restrained(s, context); {
		case !keep:
			gone = append(gone, s)
		case value != "":
			p.edits = append(p.edits, s.replaced([]byte(value)))
		}
	}
	edits, dropped := drop(gone)
	p.edits, p.dropped = append(p.edits, edits...), dropped
}

// restrained says whether a setting may stay, and the value it gets, as JSON; empty: the one it has.
func restrained(s Setting, context int) (value string, keep bool) {
	switch s.Name {
	case "keep_alive", "ttl":
		return restrainedStay(s)
	case "num_ctx":
		return restrainedContext(s, context)
	}
	return "", false
}

func restrainedStay(s Setting) (value string, keep bool) {
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
func stayOf(s Setting) (time.Duration, bool) {
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
func restrainedContext(s Setting, limit int) (value string, keep bool) {
	n, err := strconv.ParseFloat(s.Text, 64)
	switch {
	case err != nil || !(n >= 1):
		return "", false
	case limit > 0 && n > float64(limit):
		return strconv.Itoa(limit), true
	}
	return "", limit > 0 || n <= unknownContext
}

// Unloads reports whether a body in Ollama's words asks for nothing but to unload a model
// (https://github.com/ollama/ollama/blob/main/docs/api.md#unload-a-model).
func (p *Payload) Unloads() bool {
	if p.Fields.Prompts+p.Fields.Messages > 0 {
		return false
	}
	for _, s := range p.Fields.Settings {
		if stay, ok := stayOf(s); s.Name == "keep_alive" && ok && stay == 0 {
			return true
		}
	}
	return false
}
