package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync/atomic"
)

// maxInformational is how many informational answers a server may give before the one that counts.
// One that is at work may say so every few seconds (RFC 2518 section 10.1), for ten minutes or so.
const maxInformational = 100

// ErrInformational is how a request ends whose server gives informational answers without end.
var ErrInformational = errors.New("server gives informational answers only")

// attempt is one sending of a request. Its values are written by the transport's goroutines.
type attempt struct {
	reused        atomic.Bool // the connection had served another request before
	answered      atomic.Bool // a byte came
	informational atomic.Int32
}

// unanswered reports whether the connection, which had been idle before, gave nothing.
func (a *attempt) unanswered() bool { return a.reused.Load() && !a.answered.Load() }

// watched is req, with what happens to it noted in a. It is cancelled when informational answers come
// without end: net/http leaves it to whoever passes them on to count them.
func watched(req *http.Request, a *attempt) *http.Request {
	ctx, cancel := context.WithCancelCause(req.Context()) // ends with the call's
	return req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			a.reused.Store(info.Reused)
			if info.Reused {
				look(info.Conn)
			}
		},
		GotFirstResponseByte: func() { a.answered.Store(true) },
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			if a.informational.Add(1) > maxInformational {
				cancel(ErrInformational)
			}
			return nil
		},
	}))
}

// repeatable reports whether req can be sent again.
func repeatable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
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
