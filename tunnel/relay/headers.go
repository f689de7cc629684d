package relay

import (
	"net/http"
	"strings"

	"modelbeam/tunnel/websocket"
)

// passing are the headers of a server's answer that go on to the client. All others stay here: with
// some a browser would do things to the gateway's origin (Refresh, Clear-Site-Data, Link, Alt-Svc,
// Service-Worker-Allowed, Strict-Transport-Security), some ask for a key of the server's own, and those
// that servers add tomorrow are not known yet. Location is not among them: see redirect.
var passing = map[string]bool{
	"Content-Type": true, "Content-Length": true, "Content-Encoding": true, "Content-Language": true,
	"Content-Disposition": true, "Cache-Control": true, "Date": true, "Vary": true, "Trailer": true,
	"Retry-After": true, "X-Should-Retry": true, "X-Request-Id": true, "Request-Id": true,
	// Of a switch to WebSocket (RFC 6455 section 4.2.2).
	"Connection": true, "Upgrade": true, "Sec-Websocket-Accept": true, websocket.ProtocolHeader: true,
	"Sec-Websocket-Extensions": true, "Sec-Websocket-Version": true,
}

// passingPrefixes are families of such headers: limits of rate, and what OpenAI's and Anthropic's APIs
// tell of an answer.
var passingPrefixes = []string{"X-Ratelimit-", "Ratelimit", "Openai-", "Anthropic-"}

// OnlyPassing drops all headers that are not for the client.
func OnlyPassing(h http.Header) {
	for name := range h {
		if !passes(name) {
			delete(h, name)
		}
	}
}

// passes takes a name in its canonical form, as all of a server's answer are.
func passes(name string) bool {
	if passing[name] {
		return true
	}
	for _, prefix := range passingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
