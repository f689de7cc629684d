package tunnel

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
)

// newProxy makes the part that talks HTTP with the servers.
func (g *Gateway) newProxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:        g.rewrite,
		Transport:      &carrier{gateway: g, http: g.transport},
		FlushInterval:  -1, // every token as it comes
		BufferPool:     &buffers{},
		ModifyResponse: g.modify,
		ErrorHandler:   g.proxyFailed,
		ErrorLog:       slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
	}
}

// buffers keeps the copy buffers small: there is one for every open stream.
type buffers struct{ pool sync.Pool }

const bufferSize = 8 << 10

func (b *buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return *p
	}
	return make([]byte, bufferSize)
}

func (b *buffers) Put(p []byte) { b.pool.Put(&p) }

// removed are the headers that servers must not see: where the request came from, since many
// refuse pages of other origins or a browser's marks, and what could carry a key.
var removed = []string{
	"Origin", "Referer", "Cookie", "Authorization", "X-Api-Key", "Api-Key", "X-Admin-Key",
	"X-Real-Ip", "Forwarded", "Expect", streamHeader,
}

// removedPrefixes are families of such headers.
var removedPrefixes = []string{"Sec-Fetch-", "Sec-Ch-", "X-Forwarded-", "Access-Control-"}

// rewrite takes out what no server may see. Where the request goes is carrier's part.
func (g *Gateway) rewrite(pr *httputil.ProxyRequest) {
	h := pr.Out.Header
	for _, name := range removed {
		h.Del(name)
	}
	for name := range h {
		for _, prefix := range removedPrefixes {
			if strings.HasPrefix(name, prefix) {
				h.Del(name)
			}
		}
	}
	h.Set("Accept-Encoding", "identity")
}

// modify prepares a server's answer for the client.
func (g *Gateway) modify(res *http.Response) error {
	c := callOf(res.Request)
	if f := g.ownKeyMissing(res.StatusCode, c); f != nil {
		return f
	}
	onlyPassing(res.Header)
	if res.StatusCode == http.StatusSwitchingProtocols {
		selectProtocol(res.Header, c.protocols)
		return nil
	}
	if c.route.dialect != Ollama {
		unmask(res)
	}
	if err := completeShow(res, c); err != nil {
		return err
	}
	g.assess(res, c)
	g.frame(res, c)
	return nil
}

// ownKeyMissing takes a server's wish for a key of its own for what it is, and reports it. As it stands
// the client would take it for ours, and its person would try to mend the one key that is right; a
// browser would even ask for a name and a password (RFC 9110 section 15.5.2).
func (g *Gateway) ownKeyMissing(status int, c *call) *failure {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
	default:
		return nil
	}
	s := c.target.server
	g.log.Warn("server wants a key of its own", "server", s.ID, "status", status)
	if g.ServerWantsKey != nil {
		g.ServerWantsKey(s.ID, c.target.name())
	}
	return g.errServerKey(s.Name)
}

// relay runs the proxy, for a stream of events with something to say in silence.
func (g *Gateway) relay(w http.ResponseWriter, r *http.Request, c *call) {
	if c.route.generates && c.route.dialect != Ollama {
		s := g.newSilence(w, c)
		defer s.finish()
		w = s
	}
	g.proxy.ServeHTTP(w, r)
}

// proxyFailed answers when there is no answer of the server.
func (g *Gateway) proxyFailed(w http.ResponseWriter, r *http.Request, err error) {
	if f := g.relayFailure(r, err); f != nil {
		callOf(r).note(f)
		g.fail(w, r, f)
		return
	}
	w.WriteHeader(statusClientGone) // nobody reads it
}

// relayFailure says what went wrong between the gateway and the server; nil when it was the
// client that went away.
func (g *Gateway) relayFailure(r *http.Request, err error) *failure {
	c := callOf(r)
	cause := context.Cause(c.ctx)
	var f *failure
	if errors.As(cause, &f) {
		return f
	}
	if cause != nil {
		c.left = true
		return nil
	}
	if errors.As(err, &f) {
		return f
	}
	g.log.Warn("server failed", "server", c.target.serverID(), "path", c.path, "error", err)
	if notReached(err) {
		return g.errUnreachable(c.target.server.Name)
	}
	return g.errBroken(c.target.server.Name)
}
