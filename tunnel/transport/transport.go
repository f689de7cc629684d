// Package transport carries requests to LLM servers, and loses none of them to a connection that
// its server has closed.
//
// HTTP lets a server close a connection that it had promised to keep, at any time
// (https://www.rfc-editor.org/rfc/rfc9112#section-9.5). llama.cpp does so after every stream. Who
// sends the next request meanwhile gets no answer. So here a connection is looked at before it is used
// again, a request that met a closed one all the same is sent once more on a connection of its own, and
// a server that was seen to close connections early is given one for each request.
//
// Nearly all servers speak plain HTTP/1.1 on this machine or in this network. For them there is a client
// of our own, which needs neither a goroutine nor a buffer for an answer at rest:
//
//	plain      one request on one connection, from its head to the end of its answer
//	head       the request as it is written
//	upload     a body that is too large to be written at once
//	answer     the head of an answer, and those that come before it
//	body       the body of an answer: by its length, in chunks, or to the end of the connection
//	chunks     the framing of chunks
//	upgrade    a connection that becomes something else
//	conn       a connection, and what of it was read and not taken yet
//	pool       connections at rest
//
// All else, TLS above all, is left to net/http: standard.
package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// Dialer makes connections, as net.Dialer.DialContext does.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// Transport is an http.RoundTripper for requests to LLM servers. Its methods may be called from any
// goroutine.
//
// Of httptrace it knows GotFirstResponseByte and Got1xxResponse. Both are called on the goroutine of RoundTrip,
// or by another one while that waits.
//
// The body of an answer may have a method Wait() error, which returns when Read would not wait: who copies needs no
// buffer before that. With it comes Ready() bool, which reports whether that is so already. Close may be called from
// any goroutine, all else by one at a time. Drain(time.Duration) is for who knows that nothing more will come but the
// end, and would have the connection kept. The body after a 101 is an io.ReadWriteCloser.
type Transport struct {
	plain    *plain
	standard *standard
	closers  closers
}

// maxInformational is how many informational answers a server may give before the one that counts.
// One that is at work may say so every few seconds (RFC 2518 section 10.1), for ten minutes or so.
const maxInformational = 100

// ErrInformational is how a request ends whose server gives informational answers without end.
var ErrInformational = errors.New("server gives informational answers only")

// carrier sends requests once.
type carrier interface {
	// carry sends req to an address, a host and a port. With fresh it does so on a new connection, which is not kept
	// either. unanswered reports that the connection had served another request before and gave no byte for this one.
	carry(req *http.Request, address string, fresh bool) (res *http.Response, unanswered bool, err error)
}

// New returns a Transport that makes its connections with dial. When that is nil, it dials for at most 3 seconds,
// and the system then looks every few seconds whether a silent server is still there.
func New(dial Dialer) *Transport {
	if dial == nil {
		dial = newDialer().DialContext
	}
	t := &Transport{}
	t.plain = &plain{dial: dial, closed: t.closers.add}
	t.standard = newStandard(dial, t.closers.add)
	return t
}

// RoundTrip implements http.RoundTripper. A request is sent again, once, when its server closed the
// connection without a byte of an answer, and only on a connection that had served another request
// before: on a fresh one the server has the request, and may have done what it asks for. For that the
// body must come from GetBody. One that can be read only once is given a fresh connection at once.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	var by carrier = t.plain
	if !isPlain(req) {
		by = t.standard
	}
	address := addressOf(req.URL)
	if !repeatable(req) || t.closers.has(address) {
		res, _, err := by.carry(req, address, true)
		return res, err
	}
	res, unanswered, err := by.carry(req, address, false)
	if err == nil || !unanswered || req.Context().Err() != nil {
		return res, err
	}
	t.closers.add(address)
	again, err := renewed(req)
	if err != nil {
		return nil, err
	}
	res, _, err = by.carry(again, address, true)
	return res, err
}

// CloseIdleConnections closes the connections that serve no request now. Those that do are closed with their
// answer or kept, as usual: to end them is for who has begun them.
func (t *Transport) CloseIdleConnections() {
	t.plain.pool.closeAll()
	t.standard.closeIdle()
}

// renewed is req with its body from the beginning.
func renewed(req *http.Request) (*http.Request, error) {
	again := req.Clone(req.Context())
	if req.GetBody == nil {
		return again, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, fmt.Errorf("read request again: %w", err)
	}
	again.Body = body
	return again, nil
}

// repeatable reports whether req can be sent again.
func repeatable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}
