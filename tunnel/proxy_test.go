package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

func TestServerSeesNoBrowser(t *testing.T) {
	rec := &recorder{}
	s := upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny")
	g := newRig(t, nil, s)
	fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"),
		"Origin", "capacitor://localhost", "Referer", "http://x/", "Cookie", "a=b", "Sec-Fetch-Site", "cross-site",
		"Sec-Fetch-Mode", "cors", "Sec-Ch-Ua", "x", "X-Forwarded-For", "1.2.3.4", "X-Forwarded-Host", "x", "Forwarded", "for=x",
		"X-Real-Ip", "1.2.3.4", "Access-Control-Request-Private-Network", "true", "X-Admin-Key", "x",
		"Upgrade", "h2c", "Connection", "Upgrade, X-Hop, HTTP2-Settings", "X-Hop", "1", "Http2-Settings", "x",
		"Proxy-Authorization", "Basic x", "Te", "trailers", "Keep-Alive", "1", "Accept-Encoding", "gzip, br",
		"User-Agent", "phone/1", "X-Stainless-Os", "iOS", "Accept", "text/event-stream"))
	r, _ := rec.last(t)
	for _, name := range []string{
		"Origin", "Referer", "Cookie", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Ch-Ua", "X-Forwarded-For", "X-Forwarded-Host",
		"Forwarded", "X-Real-Ip", "Access-Control-Request-Private-Network", "X-Admin-Key", "Upgrade", "X-Hop", "Http2-Settings",
		"Proxy-Authorization", "Keep-Alive", "Authorization", "Connection",
	} {
		if v := r.Header.Values(name); len(v) > 0 {
			t.Errorf("the server saw %s: %q", name, v)
		}
	}
	for name, want := range map[string]string{
		"Accept-Encoding": "identity", "User-Agent": "phone/1", "X-Stainless-Os": "iOS", "Accept": "text/event-stream",
		"Content-Type": "application/json", "Te": "trailers",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("the server saw %s %q, want %q", name, got, want)
		}
	}
	if r.Host != s.URL.Host {
		t.Errorf("the server saw Host %q, want %q", r.Host, s.URL.Host)
	}
}

func TestAnswerPassesThrough(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("X-Request-Id", "r1")
		h.Set("Set-Cookie", "a=b")
		h.Set("Connection", "X-Hop")
		h.Set("X-Hop", "1")
		h.Set("Retry-After", "7")
		h.Set("Content-Type", "application/json")
		h.Set("Trailer", "X-Late")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"message":"busy"}}`)
		h.Set("X-Late", "yes")
	}, "tiny"))
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if res.StatusCode != 429 || body != `{"error":{"message":"busy"}}` {
		t.Errorf("status %d, body %q: want the server's own", res.StatusCode, body)
	}
	if res.Header.Get("X-Request-Id") != "r1" || res.Header.Get("Retry-After") != "7" || res.Trailer.Get("X-Late") != "yes" {
		t.Errorf("headers %v, trailers %v", res.Header, res.Trailer)
	}
	if res.Header.Get("Set-Cookie") != "" || res.Header.Get("X-Hop") != "" {
		t.Errorf("headers that must not pass: %v", res.Header)
	}
	if x := g.seen.ended(t, 1); x.Status != 429 || x.Bytes != int64(len(body)) {
		t.Errorf("Observe got %+v", x)
	}
}

func TestInformationalAnswersPassThrough(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</x>")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusProcessing)
		w.WriteHeader(http.StatusOK)
	}, "tiny"))
	var codes []int
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			codes = append(codes, code)
			return nil
		},
	})
	res, _ := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")).WithContext(ctx))
	if fmt.Sprint(codes) != "[103 102]" || res.StatusCode != 200 {
		t.Errorf("informational answers %v, then %d", codes, res.StatusCode)
	}
}

func TestClientThatLeavesStopsTheServer(t *testing.T) {
	for _, speak := range []bool{false, true} {
		for _, size := range []int{0, 3 * smallBody} {
			h, began, ended := cancelled(speak)
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, h, "tiny"))
			ctx, cancel := context.WithCancel(t.Context())
			body := strings.Replace(chat("tiny"), "hi", strings.Repeat("x", size), 1)
			failed := make(chan struct{})
			go func() {
				defer close(failed)
				res, err := client.Do(g.request("POST", "/v1/chat/completions", body).WithContext(ctx))
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
			}()
			await.Done(t, "the server to begin", began)
			cancel()
			await.Done(t, "the server to be told", ended)
			<-failed
			if x := g.seen.ended(t, 1); x.Status != fault.StatusClientGone {
				t.Errorf("speak %v, %d bytes: Observe got status %d", speak, size, x.Status)
			}
		}
	}
}

func TestPhoneThatStopsReadingIsLetGo(t *testing.T) {
	ended := make(chan struct{}, 1)
	g := newRig(t, func(g *Gateway) { g.timing.write = 50 * time.Millisecond },
		upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			event := "data: " + strings.Repeat("x", 8000) + "\n\n"
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, event); err != nil {
					break
				}
			}
			ended <- struct{}{}
		}, "tiny"))
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := chat("tiny")
	fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", g.addr, testKey, len(body), body)
	await.Done(t, "the server to be told", ended)
	if x := g.seen.ended(t, 1); x.Status != fault.StatusClientGone {
		t.Errorf("Observe got status %d", x.Status)
	}
}

// TestSlowButReadingPhoneIsKept reads for longer than the deadline of a single write, but does read. It runs on a clock
// of its own: on that of a busy machine a write may begin too late.
func TestSlowButReadingPhoneIsKept(t *testing.T) {
	const events = 20
	inBubble(t, func(t *testing.T, b *bubble) {
		b.timing.write = 200 * time.Millisecond
		res := do(t, b.request("POST", "/v1/chat/completions", chat("tiny")))
		n := 0
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if lines.Text() != "" {
				n++
			}
		}
		if n != events {
			t.Errorf("%d of %d events arrived", n, events)
		}
	}, dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range events {
			_, _ = io.WriteString(w, "data: {}\n\n")
			flush(w)
			time.Sleep(25 * time.Millisecond) // longer than the deadline in all
		}
	}, "tiny")
}

func TestPanicBecomesAnAnswer(t *testing.T) {
	g := &Gateway{}
	g.Handler()
	h := chain(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") }), g.record, g.recovery, g.cors, g.finalCORS)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	defer func() { _ = s.Close(); <-done }()
	req, _ := http.NewRequest("GET", "http://"+l.Addr().String(), nil)
	res, body := fetch(t, req)
	if code, _ := errorOf(t, body); res.StatusCode != 500 || code != "internal_error" || res.Header.Get(allowOrigin) != "*" {
		t.Errorf("status %d %v: %s", res.StatusCode, res.Header, body)
	}
}

// TestNoRequestIsLost is for https://go.dev/issue/40747: a proxy that passes bodies on as they come
// loses some of many quick requests.
func TestNoRequestIsLost(t *testing.T) {
	total := 2000
	if testing.Short() {
		total = 200
	}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, quickChat, "tiny"))
	if lost := hammer(t.Context(), g.url, total, 32); lost.count > 0 {
		t.Errorf("%d of %d requests were lost: %v", lost.count, total, lost.first)
	}
}
