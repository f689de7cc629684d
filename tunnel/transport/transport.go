// Package transport carries requests to LLM servers, and loses none of them to a connection that
// its server has closed.
//
// HTTP lets a server close a connection that it had promised to keep, at any time
// (https://www.rfc-editor.org/rfc/rfc9112#section-9.5). llama.cpp does so after every stream. Who
// sends the next request meanwhile gets no answer, and net/http sends a POST again only when it knows
// that nothing of it was written. So here a connection is looked at before it is used again, a request
// that met a closed one all the same is sent once more on a connection of its own, and a server that
// was seen to close connections early is given one for each request.
package transport

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Dialer makes connections, as net.Dialer.DialContext does.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// Transport is an http.RoundTripper for requests to LLM servers. Its methods may be called from any
// goroutine.
type Transport struct {
	shared  *http.Transport // keeps connections for further requests
	single  *http.Transport // makes one for each request
	closers closers
}

// New returns a Transport that makes its connections with dial, or, when that is nil, in the usual
// way: for at most 3 seconds, and with a look every few seconds whether the other end is still there.
func New(dial Dialer) *Transport {
	if dial == nil {
		dial = newDialer().DialContext
	}
	t := &Transport{}
	t.shared = newHTTP(func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newConn(c, func() { t.closers.add(address) }), nil
	})
	t.single = newHTTP(dial)
	t.single.MaxIdleConnsPerHost = -1 // unlike DisableKeepAlives it adds no header
	return t
}

func newHTTP(dial Dialer) *http.Transport {
	return &http.Transport{
		Proxy:              nil, // HTTP_PROXY is about the internet
		DialContext:        dial,
		DisableCompression: true, // a server that compresses may hold back tokens
		// uvicorn closes idle connections after 5 s.
		IdleConnTimeout:     2 * time.Second,
		MaxIdleConnsPerHost: 64,
		// No ResponseHeaderTimeout: loading a model takes minutes before the first byte.
	}
}

// RoundTrip implements http.RoundTripper. A request is sent again, once, when its server closed the
// connection without a byte of an answer, and only on a connection that had served another request
// before: on a fresh one the server has the request, and may have done what it asks for. For that the
// body must come from GetBody. One that can be read only once is given a fresh connection at once.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !repeatable(req) || t.closers.has(addressOf(req.URL)) {
		return t.single.RoundTrip(watched(req, &sending{}))
	}
	var first sending
	res, err := t.shared.RoundTrip(watched(req, &first))
	if err == nil || !first.unanswered() || req.Context().Err() != nil {
		return res, err
	}
	t.closers.add(addressOf(req.URL))
	again, err := renewed(req)
	if err != nil {
		return nil, err
	}
	return t.single.RoundTrip(watched(again, &sending{}))
}

// CloseIdleConnections closes the connections that serve no request now.
func (t *Transport) CloseIdleConnections() {
	t.shared.CloseIdleConnections()
	t.single.CloseIdleConnections()
}
