package relay

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"

	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/events"
	"modelbeam/tunnel/fault"
	"modelbeam/tunnel/websocket"
)

// newProxy makes the part that talks HTTP with the servers. ReverseProxy knows what a proxy has to do with
// hop-by-hop headers, trailers, answers of 1xx and the switch to WebSocket; what is ours is in its hooks.
func (l *Relay) newProxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:        l.rewrite,
		Transport:      &failover{l},
		FlushInterval:  -1, // every token as it comes
		BufferPool:     &buffers{},
		ModifyResponse: l.modify,
		ErrorHandler:   l.proxyFailed,
		ErrorLog:       slog.NewLogLogger(l.Log.Handler(), slog.LevelDebug),
	}
}

// buffers keeps the copy buffers small: there is one for every open stream.
type buffers struct{ pool sync.Pool }

// bufferSize is a quarter of what ReverseProxy takes by itself: a token is some 200 bytes.
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
	"X-Real-Ip", "Forwarded", "Expect",
}

// removedPrefixes are families of such headers.
var removedPrefixes = []string{"Sec-Fetch-", "Sec-Ch-", "X-Forwarded-", "Access-Control-"}

// rewrite takes out what no server may see. Where the request goes is failover's part.
func (l *Relay) rewrite(pr *httputil.ProxyRequest) {
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
	// Package events has to read what comes, and what is compressed comes in blocks, not token by token.
	h.Set("Accept-Encoding", "identity")
}

// modify prepares a server's answer for the client. Order matters: what is no answer at all is found out
// before its headers are touched, an error is given the status of one before it is assessed, and the pieces
// are cut last, from the body that the others have left.
func (l *Relay) modify(res *http.Response) error {
	q := requestOf(res.Request)
	if f := l.ownKeyMissing(res.StatusCode, q); f != nil {
		return f
	}
	OnlyPassing(res.Header)
	if res.StatusCode == http.StatusSwitchingProtocols {
		websocket.Select(res.Header, q.Protocols)
		return nil
	}
	if q.Dialect != dialect.Ollama {
		events.Unmask(res)
	}
	if err := completeShow(res, q); err != nil {
		return err
	}
	l.assess(res, q)
	l.inPieces(res, q)
	return nil
}

// ownKeyMissing takes a server's wish for a key of its own for what it is, and reports it. As it stands
// the client would take it for ours, and its person would try to mend the one key that is right; a
// browser would even ask for a name and a password (RFC 9110 section 15.5.2).
func (l *Relay) ownKeyMissing(status int, q *Request) *fault.Failure {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
	default:
		return nil
	}
	s := q.target.Server
	l.Log.Warn("server wants a key of its own", "server", s.ID, "status", status)
	if l.ServerWantsKey != nil {
		l.ServerWantsKey(s.ID, q.target.ModelID())
	}
	return l.Laptop.ServerWantsKey(s.Name)
}
