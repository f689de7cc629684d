package relay

import (
	"iter"
	"net/http"
	"net/textproto"
	"strings"

	"modelbeam/tunnel/websocket"
)

// Headers are filtered while they are copied, once in each direction. A server gets all but those that are
// listed here. A client gets only those that are listed, since a browser acts on what servers send.

// isHop reports whether a header is for one connection only (RFC 9110 section 7.6.1). Older programs send some
// of these without naming them in Connection.
func isHop(name string) bool {
	switch name {
	case "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// reachesServer reports whether a header of a client's request, in its canonical form, goes on to the server.
// Servers must not see where the request came from, since many refuse pages of other origins or a browser's
// marks, nor anything that could carry a key. What a request expects was settled when its body was read, and
// the length of that is a field of the request.
func reachesServer(name string) bool {
	switch name {
	case "Origin", "Referer", "Cookie", "Authorization", "X-Api-Key", "Api-Key", "X-Admin-Key",
		"X-Real-Ip", "Forwarded", "Expect", "Content-Length":
		return false
	}
	return !isHop(name) && !inFamily(name, "Sec-Fetch-", "Sec-Ch-", "X-Forwarded-", "Access-Control-")
}

// Values that are the same in all requests. Nobody changes a header's values in place.
var (
	identity = []string{"identity"}
	nothing  = []string{""}
	trailers = []string{"trailers"}
	upgrade  = []string{"Upgrade"}
)

// usualHeaders is how many headers of a request reach a server at most, nearly always. A map has room for so many
// in one piece of memory.
const usualHeaders = 8

// serverHeaders are the headers of r that its server gets, with ours among them.
func serverHeaders(r *http.Request) http.Header {
	out := make(http.Header, usualHeaders)
	for name, values := range r.Header {
		if reachesServer(name) {
			out[name] = values
		}
	}
	dropNamed(out, r.Header["Connection"])
	// Package events has to read what comes, and what is compressed comes in blocks, not token by token.
	out["Accept-Encoding"] = identity
	if _, said := out["User-Agent"]; !said {
		out["User-Agent"] = nothing // or net/http would speak in its own name
	}
	if hasToken(r.Header["Te"], "trailers") {
		out["Te"] = trailers
	}
	if wantsUpgrade(r) {
		out["Connection"], out["Upgrade"] = upgrade, r.Header["Upgrade"]
	}
	return out
}

// wantsUpgrade reports whether r asks for another protocol on its connection. HTTP/1.0 has none
// (RFC 9110 section 7.8).
func wantsUpgrade(r *http.Request) bool {
	return r.ProtoAtLeast(1, 1) && hasToken(r.Header["Connection"], "Upgrade") && websocket.IsUpgrade(r)
}

// reachesClient reports whether a header of a server's answer, in its canonical form, goes on to the client.
// All others stay here: with some a browser would do things to the gateway's origin (Refresh, Clear-Site-Data,
// Link, Alt-Svc, Service-Worker-Allowed, Strict-Transport-Security), some ask for a key of the server's own, and
// those that servers add tomorrow are not known yet. Location stays here too: see redirect.
func reachesClient(name string) bool {
	switch name {
	case "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Disposition",
		"Cache-Control", "Date", "Vary", "Retry-After", "X-Should-Retry", "X-Request-Id", "Request-Id",
		// Of a WebSocket (RFC 6455 section 4.2.2).
		"Sec-Websocket-Accept", websocket.ProtocolHeader, "Sec-Websocket-Extensions", "Sec-Websocket-Version":
		return true
	}
	// Limits of rate, and what OpenAI's and Anthropic's APIs tell of an answer.
	return inFamily(name, "X-Ratelimit-", "Ratelimit", "Openai-", "Anthropic-")
}

// passOn adds those of a server's headers that are for the client to the client's. Where both have one, such
// as Vary, its values come after ours.
func passOn(to, from http.Header) {
	dropNamed(from, from["Connection"])
	for name, values := range from {
		if !reachesClient(name) {
			continue
		}
		if ours := to[name]; len(ours) > 0 {
			values = append(ours[:len(ours):len(ours)], values...)
		}
		to[name] = values
	}
}

// dropNamed drops the headers that the values of Connection name: these too are for one connection only
// (RFC 9110 section 7.6.1). "close" and "keep-alive", which nearly all values are, name none.
func dropNamed(h http.Header, connection []string) {
	for name := range tokens(connection) {
		if !strings.EqualFold(name, "keep-alive") && !strings.EqualFold(name, "close") {
			h.Del(name)
		}
	}
}

// inFamily reports whether a name begins like those of one of the families.
func inFamily(name string, families ...string) bool {
	for _, prefix := range families {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// tokens are the words of a header that is a list of them.
func tokens(values []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, list := range values {
			for token := range strings.SplitSeq(list, ",") {
				if token = textproto.TrimString(token); token != "" && !yield(token) {
					return
				}
			}
		}
	}
}

func hasToken(values []string, want string) bool {
	for token := range tokens(values) {
		if strings.EqualFold(token, want) {
			return true
		}
	}
	return false
}
