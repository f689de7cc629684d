package tunnel

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/iotest"
	"time"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// wayIn is the gateway up to where a request goes to a server, with a chat to send through it.
func wayIn() (serve func()) {
	server := catalog.Server{ID: "ollama", Name: "Ollama", URL: &url.URL{Scheme: "http", Host: "127.0.0.1:11434"}, Dialects: dialect.OpenAI}
	server.Models = []catalog.Model{{ID: "tiny"}}
	g := &Gateway{Keys: newKeyring(), Observe: func(Exchange) {}}
	g.SetServers([]catalog.Server{server})
	arrive := func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		q, err := g.read(r, c)
		if err != nil {
			panic(err)
		}
		if _, f := g.choose(r, c, q); f != nil {
			panic(f)
		}
		g.started(c)
		_, _ = w.Write(nil)
		_ = q.body.Close()
	}
	for _, rt := range g.routes {
		if rt.generates {
			rt.serve = arrive
		}
	}
	body := []byte(chat("tiny"))
	ctx := context.WithValue(context.Background(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(192, 168, 1, 20), Port: 8717}))
	return func() {
		// What net/http makes of a request, without its allocations for it.
		r := requestOfPhone(ctx, body)
		w := &sink{header: make(http.Header)}
		g.handler.ServeHTTP(w, r)
		if w.header.Get(allowOrigin) != "*" {
			panic("the answer has no CORS headers")
		}
	}
}

func requestOfPhone(ctx context.Context, body []byte) *http.Request {
	r := &http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: "/v1/chat/completions"}, RequestURI: "/v1/chat/completions",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "192.168.1.20:8717", RemoteAddr: "192.168.1.30:51234",
		ContentLength: int64(len(body)), Body: io.NopCloser(iotest.DataErrReader(bytes.NewReader(body))),
		Header: http.Header{
			"Authorization": {"Bearer " + testKey}, "Content-Type": {"application/json"}, "Accept": {"text/event-stream"},
			"Origin": {"http://192.168.1.20:8717"}, "Referer": {"http://192.168.1.20:8717/"},
			"User-Agent":      {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"},
			"Accept-Language": {"en-US,en;q=0.9"}, "Accept-Encoding": {"gzip, deflate"},
		},
	}
	return r.WithContext(ctx)
}

// sink is an answer that nobody reads.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

// SetWriteDeadline is for http.ResponseController.
func (s *sink) SetWriteDeadline(time.Time) error { return nil }

// What a short chat leaves for the garbage collector on its way in, beside what net/http makes of it, is bounded.
func TestWayInAllocates(t *testing.T) {
	const most = 32
	serve, body := wayIn(), []byte(chat("tiny"))
	all := testing.AllocsPerRun(200, serve)
	phones := testing.AllocsPerRun(200, func() { phone, answer = requestOfPhone(t.Context(), body), &sink{header: make(http.Header)} })
	if n := all - phones; n > most {
		t.Errorf("a chat is let in with %v allocations, %d at most", n, most)
	}
}

// Where the request and the answer of the count go, so that they are made at all.
var (
	phone  *http.Request
	answer http.ResponseWriter
)

func BenchmarkWayIn(b *testing.B) {
	serve := wayIn()
	b.ReportAllocs()
	for b.Loop() {
		serve()
	}
}
