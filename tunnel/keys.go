package tunnel

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	pathKeyPrefix  = "/t/"                      // /t/<key>/v1/models, for clients without a field for a key
	protocolPrefix = "openai-insecure-api-key." // how OpenAI's clients send a key over a browser's WebSocket
	// maxKeyLength is far above ours (25 bytes). Nothing longer is worth a look.
	maxKeyLength = 256
	// maxKeys bounds the work for a request whose head is full of what could be keys.
	maxKeys = 8
)

// takeKeys returns the keys that the client sent, the most deliberate form first, and takes
// them all out of the request: what is forwarded and logged later holds none. A client may
// send several: one with a key in its address may still add "Bearer ollama" from habit.
func takeKeys(r *http.Request) []string {
	var keys []string
	add := func(found ...string) {
		for _, key := range found {
			if key != "" && len(key) <= maxKeyLength && len(keys) < maxKeys && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	path, key := cutPathKey(r.URL.EscapedPath())
	r.URL.Path, r.URL.RawPath = path, path // still escaped: find works on that
	add(keysIn(key)...)
	for _, name := range [...]string{"Authorization", "X-Api-Key", "Api-Key"} {
		for _, value := range r.Header.Values(name) {
			add(keysIn(value)...)
		}
		r.Header.Del(name)
	}
	if isWebSocket(r) {
		add(takeProtocolKeys(r.Header)...)
	}
	add(keysIn(takeQueryKey(r))...)
	add(takeOtherKeys(r.Header)...)
	r.Header.Del("Cookie") // nothing of ours, and none of the server's business
	r.RequestURI = ""
	return keys
}

// ambient are the headers that a browser fills in by itself, with where a page is from: what is in
// them nobody meant as a key.
var ambient = []string{"Cookie", "Referer", "Origin"}

// takeOtherKeys takes out every header that has a key of our form in it, and returns those keys: a
// client may send them by any name, such as X-Goog-Api-Key.
func takeOtherKeys(h http.Header) []string {
	var keys []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		given := found(strings.Join(h[name], " "))
		if len(given) == 0 {
			continue
		}
		delete(h, name)
		if !slices.Contains(ambient, name) {
			keys = append(keys, given...)
		}
	}
	return keys
}

// cutPathKey splits /t/<key>/rest, with any number of slashes, into /rest and the key.
func cutPathKey(path string) (rest, key string) {
	trimmed := "/" + strings.TrimLeft(path, "/")
	after, ok := strings.CutPrefix(trimmed, pathKeyPrefix)
	if !ok {
		return path, ""
	}
	key, rest, _ = strings.Cut(strings.TrimLeft(after, "/"), "/")
	return "/" + rest, key
}

func isWebSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// takeProtocolKeys takes the keys out of the offered sub-protocols. A browser page can set no
// header on a WebSocket but this one.
func takeProtocolKeys(h http.Header) []string {
	var keys, rest []string
	for _, p := range offeredProtocols(h) {
		found := formed(p)
		if k, ok := strings.CutPrefix(p, protocolPrefix); ok && len(found) == 0 {
			found = []string{k}
		}
		if keys = append(keys, found...); len(found) == 0 {
			rest = append(rest, p)
		}
	}
	h.Del(protocolHeader)
	if len(rest) > 0 {
		h.Set(protocolHeader, strings.Join(rest, ", "))
	}
	return keys
}

func offeredProtocols(h http.Header) []string {
	var all []string
	for _, line := range h.Values(protocolHeader) {
		for p := range strings.SplitSeq(line, ",") {
			if p = strings.TrimSpace(p); p != "" {
				all = append(all, p)
			}
		}
	}
	return all
}

// takeQueryKey takes ?key= away, and returns it only for the two APIs of browsers that cannot
// set headers: a key in an address ends up in histories and logs.
func takeQueryKey(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	query := r.URL.Query()
	key := query.Get("key")
	query.Del("key")
	r.URL.RawQuery = query.Encode()
	eventSource := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	if isWebSocket(r) || eventSource {
		return key
	}
	return ""
}

// publicPath is a path as logs and Observe may see it, before it is known to be one of ours:
// without the key, also where somebody put one into the wrong place.
func publicPath(path string) string {
	path, _ = cutPathKey(path)
	for i := range max(0, len(path)-len(keyStart)+1) {
		if strings.EqualFold(path[i:i+len(keyStart)], keyStart) { // as formed takes it
			return path[:i] + "…"
		}
	}
	return path
}
