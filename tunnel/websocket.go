package tunnel

import (
	"net/http"
	"strings"
)

const protocolHeader = "Sec-Websocket-Protocol"

// upgrade sees to it that WebSocket, where the route is one, is the only protocol that a
// connection can be switched to. Other values are dropped: some HTTP clients offer h2c on
// every request, and LLM servers have control channels behind Upgrade.
func upgrade(r *http.Request, rt *route) *failure {
	if !rt.webSocket {
		r.Header.Del("Upgrade")
		return nil
	}
	if !isWebSocket(r) {
		return errUpgrade
	}
	r.Header.Del("Sec-Websocket-Extensions") // what is compressed could not be looked at
	return nil
}

// selectProtocol completes a server's 101 answer. The key went to us as a sub-protocol and
// never reached the server, which may so have had none to select; but Chromium gives up on a
// connection whose server selects none of the offered (RFC 6455, section 4.1, would allow it).
func selectProtocol(h http.Header, offered []string) {
	if h.Get(protocolHeader) != "" || len(offered) == 0 {
		return
	}
	selected := offered[0]
	for _, p := range offered {
		if !strings.HasPrefix(p, protocolPrefix) {
			selected = p
			break
		}
	}
	h.Set(protocolHeader, selected)
}
