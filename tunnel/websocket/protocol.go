package websocket

import (
	"net/http"
	"strings"
)

// The sub-protocols that a WebSocket's client offers are the one header that a web page can set.
const (
	ProtocolHeader = "Sec-Websocket-Protocol"
	KeyProtocol    = "openai-insecure-api-key." // how OpenAI's clients send a key over a browser's WebSocket
)

// IsUpgrade reports whether r wants its connection to become a WebSocket.
func IsUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Offered returns the sub-protocols that a client offers, in its order. One may hold a key.
func Offered(h http.Header) []string {
	var all []string
	for _, line := range h.Values(ProtocolHeader) {
		for p := range strings.SplitSeq(line, ",") {
			if p = strings.TrimSpace(p); p != "" {
				all = append(all, p)
			}
		}
	}
	return all
}

// Select completes a server's 101 answer. The key went to us as a sub-protocol and
// never reached the server, which may so have had none to select; but Chromium gives up on a
// connection whose server selects none of the offered (RFC 6455, section 4.1, would allow it).
func Select(h http.Header, offered []string) {
	if h.Get(ProtocolHeader) != "" || len(offered) == 0 {
		return
	}
	selected := offered[0]
	for _, p := range offered {
		if !strings.HasPrefix(p, KeyProtocol) {
			selected = p
			break
		}
	}
	h.Set(ProtocolHeader, selected)
}
