package transport

import (
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync/atomic"
)

// standard carries what needs more than plain HTTP/1.1, with the client of net/http. Its methods may be called from
// any goroutine.
type standard struct {
	shared *http.Transport // keeps connections for further requests
	single *http.Transport // makes one for each request
}

// newStandard makes connections with dial, and tells closed of the addresses of servers that have closed one early.
func newStandard(dial Dialer, closed func(address string)) *standard {
	s := &standard{single: newHTTP(dial)}
	s.shared = newHTTP(func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newWary(c, func() { closed(address) }), nil
	})
	s.single.MaxIdleConnsPerHost = -1 // unlike DisableKeepAlives it adds no header
	return s
}

func newHTTP(dial Dialer) *http.Transport {
	return &http.Transport{
		Proxy:              nil, // HTTP_PROXY is about the internet
		DialContext:        dial,
		DisableCompression: true, // a server that compresses may hold back tokens
		// uvicorn closes idle connections after 5 s.
		IdleConnTimeout:     restFor,
		MaxIdleConnsPerHost: maxRest,
		// No ResponseHeaderTimeout: loading a model takes minutes before the first byte.
	}
}

// carry implements carrier.
func (s *standard) carry(req *http.Request, _ string, fresh bool) (*http.Response, bool, error) {
	by := s.shared
	if fresh {
		by = s.single
	}
	var once sending
	res, err := by.RoundTrip(watched(req, &once))
	return res, once.unanswered(), err
}

func (s *standard) closeIdle() {
	s.shared.CloseIdleConnections()
	s.single.CloseIdleConnections()
}

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
