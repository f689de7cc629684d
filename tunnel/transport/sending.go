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

// sending is what happens to a request that is sent once. Its values are written by the transport's goroutines.
type sending struct {
	reused        atomic.Bool // the connection had served another request before
	answered      atomic.Bool // a byte came
	informational atomic.Int32
}

// unanswered reports whether the connection, which had been idle before, gave nothing.
func (s *sending) unanswered() bool { return s.reused.Load() && !s.answered.Load() }

// watched is req, with what happens to it noted in s. It is cancelled when informational answers come
// without end: net/http leaves it to whoever passes them on to count them.
func watched(req *http.Request, s *sending) *http.Request {
	ctx, cancel := context.WithCancelCause(req.Context()) // ends with the call's
	return req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			s.reused.Store(info.Reused)
			if info.Reused {
				look(info.Conn)
			}
		},
		GotFirstResponseByte: func() { s.answered.Store(true) },
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			if s.informational.Add(1) > maxInformational {
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
