// Package keys finds the device's key in a request, wherever and however a client has put it, and takes
// it out: nothing that is forwarded or logged later holds one.
package keys

import (
	"net/http"
	"slices"
	"strings"

	"modelbeam/tunnel/websocket"
)

const (
	pathKeyPrefix = "t/" // as in /t/<key>/v1/models, for clients without a field for a key
	// maxKeyLength is far above ours (25 bytes). Nothing longer is worth a look.
	maxKeyLength = 256
	// Max bounds the work for a request whose head is full of what could be keys.
	Max = 8
)

// Take returns the keys that the client sent, the most deliberate form first, and takes
// them all out of the request: what is forwarded and logged later holds none. A client may
// send several: one with a key in its address may still add "Bearer ollama" from habit.
func Take(r *http.Request) []string {
	var keys []string
	add := func(found ...string) {
		for _, key := range found {
			if key != "" && len(key) <= maxKeyLength && len(keys) < Max && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	path, key := cutPathKey(r.URL.EscapedPath())
	r.URL.Path, r.URL.RawPath = path, path // still escaped: find works on that
	if key != "" {
		add(keysIn(key)...)
	}
	for _, name := range [...]string{"Authorization", "X-Api-Key", "Api-Key"} {
		for _, value := range r.Header.Values(name) {
			add(keysIn(value)...)
		}
		r.Header.Del(name)
	}
	if websocket.IsUpgrade(r) {
		add(takeProtocolKeys(r.Header)...)
	}
	if key := takeQueryKey(r); key != "" {
		add(keysIn(key)...)
	}
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
	names := withKeys(h)
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(ambient, name) {
			keys = append(keys, found(strings.Join(h[name], " "))...)
		}
		delete(h, name)
	}
	return keys
}

// withKeys are the names of the headers that have a key in them: nearly always none.
func withKeys(h http.Header) []string {
	var names []string
	for name, values := range h {
		if len(found(strings.Join(values, " "))) > 0 {
			names = append(names, name)
		}
	}
	return names
}

// cutPathKey splits /t/<key>/rest, with any number of slashes, into /rest and the key.
func cutPathKey(path string) (rest, key string) {
	after, ok := strings.CutPrefix(strings.TrimLeft(path, "/"), pathKeyPrefix)
	if !ok {
		return path, ""
	}
	key, rest, _ = strings.Cut(strings.TrimLeft(after, "/"), "/")
	return "/" + rest, key
}

// takeProtocolKeys takes the keys out of the offered sub-protocols. A browser page can set no
// header on a WebSocket but this one.
func takeProtocolKeys(h http.Header) []string {
	var keys, rest []string
	for _, p := range websocket.Offered(h) {
		found := formed(p)
		if k, ok := strings.CutPrefix(p, websocket.KeyProtocol); ok && len(found) == 0 {
			found = []string{k}
		}
		if keys = append(keys, found...); len(found) == 0 {
			rest = append(rest, p)
		}
	}
	h.Del(websocket.ProtocolHeader)
	if len(rest) > 0 {
		h.Set(websocket.ProtocolHeader, strings.Join(rest, ", "))
	}
	return keys
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
	if websocket.IsUpgrade(r) || eventSource {
		return key
	}
	return ""
}
