package tunnel

import "net/http"

// upgrade checks the one thing that a request may be upgraded to.
func (g *Gateway) upgrade(r *http.Request, rt *route) *failure {
	if rt.webSocket && !isWebSocket(r) {
		return errUpgrade
	}
	return nil
}
