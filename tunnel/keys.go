package tunnel

import (
	"encoding/base64"
	"net/http"
	"strings"
)

const (
	pathKeyPrefix  = "/t/"                      // /t/<key>/v1/models, for clients without a field for a key
	protocolPrefix = "openai-insecure-api-key." // how OpenAI's clients send a key over a browser's WebSocket
	// maxKeyLength is far above ours (25 bytes). Nothing longer is worth a look.
	maxKeyLength = 256
)

// takeKeys returns the keys that the client sent, the most deliberate form first, and takes
// them all out of the request: what is forwarded and logged later holds none. A client may
// send several: one with a key in its address may still add "Bearer ollama" from habit.
func takeKeys(r *http.Request) []string {
	var keys []string
	add := func(key string) {
		if key != "" && len(key) <= maxKeyLength {
			keys = append(keys, key)
		}
	}
	path, key := cutPathKey(r.URL.EscapedPath())
	r.URL.Path, r.URL.RawPath = path, path // still escaped: find works on that
	add(key)
	add(authorizationKey(r))
	for _, name := range [...]string{"X-Api-Key", "Api-Key"} {
		add(r.Header.Get(name))
		r.Header.Del(name)
	}
	if isWebSocket(r) {
		add(takeProtocolKey(r.Header))
	}
	add(takeQueryKey(r))
	r.Header.Del("Authorization")
	r.Header.Del("Cookie") // nothing of ours, and none of the server's business
	r.RequestURI = ""
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

// authorizationKey reads Bearer and Basic (RFC 7617; the user name does not matter).
func authorizationKey(r *http.Request) string {
	scheme, value, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	value = strings.TrimSpace(value)
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return value
	case strings.EqualFold(scheme, "Basic"):
		plain, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return ""
		}
		_, password, _ := strings.Cut(string(plain), ":")
		return password
	}
	return ""
}

func isWebSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// takeProtocolKey takes the key out of the offered sub-protocols. A browser page can set no
// header on a WebSocket but this one.
func takeProtocolKey(h http.Header) string {
	var key string
	var rest []string
	for _, p := range offeredProtocols(h) {
		if k, ok := strings.CutPrefix(p, protocolPrefix); ok {
			key = k
		} else {
			rest = append(rest, p)
		}
	}
	h.Del(protocolHeader)
	if len(rest) > 0 {
		h.Set(protocolHeader, strings.Join(rest, ", "))
	}
	return key
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
	if i := strings.Index(path, "mb_"); i >= 0 {
		path = path[:i] + "…"
	}
	return path
}
