package tunnel

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

func TestNextServerTakesOver(t *testing.T) {
	large := strings.Replace(chat("tiny"), "hi", strings.Repeat("photo ", smallBody), 1)
	tests := []struct {
		name    string
		first   func(t *testing.T) catalog.Server
		model   string
		body    string
		chunked bool
		status  int
		code    string // of an error; empty when the second server answers
	}{
		{name: "refused", first: func(t *testing.T) catalog.Server { return refusing(t, "first", "tiny") }, body: chat("tiny")},
		{name: "refused, a large body", first: func(t *testing.T) catalog.Server { return refusing(t, "first", "tiny") }, body: large},
		{name: "reset", first: func(t *testing.T) catalog.Server { return breaking(t, "first", true, "", "tiny") }, body: chat("tiny")},
		{name: "reset before the body", first: func(t *testing.T) catalog.Server { return breaking(t, "first", false, "", "tiny") }, body: chat("tiny")},
		{name: "reset, a body in chunks", first: func(t *testing.T) catalog.Server { return breaking(t, "first", true, "", "tiny") }, body: large, chunked: true},
		{name: "reset, a body of known length", first: func(t *testing.T) catalog.Server { return breaking(t, "first", true, "", "tiny") }, body: large},
		{
			name: "died in the head", first: func(t *testing.T) catalog.Server { return breaking(t, "first", true, "HTTP/1.1 2", "tiny") },
			body: chat("tiny"), status: 502, code: "server_broke_off",
		},
		{
			name: "died in the answer", first: func(t *testing.T) catalog.Server {
				return upstream(t, "first", dialect.OpenAI, dying("text/event-stream", "data: {}\n\n", true), "tiny")
			},
			body: chat("tiny"), status: 200, code: "server_broke_off",
		},
		{
			name: "answered with an error", first: func(t *testing.T) catalog.Server {
				return upstream(t, "first", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
					http.Error(w, `{"error":{"code":"busy","source":"modelbeam","type":"x"}}`, http.StatusInternalServerError)
				}, "tiny")
			},
			body: chat("tiny"), status: 500, code: "busy",
		},
		{
			name: "named by the client", first: func(t *testing.T) catalog.Server { return refusing(t, "first", "tiny") },
			body: chat("tiny@first"), status: 502, code: "server_unreachable",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := &recorder{}
			g := newRig(t, nil, tt.first(t), upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, "tiny"))
			req := g.request("POST", "/v1/chat/completions", tt.body)
			if tt.chunked {
				req.ContentLength, req.Body = -1, io.NopCloser(strings.NewReader(tt.body))
			}
			res, body := fetch(t, req)
			if tt.code != "" {
				checkNoTakeover(t, g, rec, tt.status, tt.code, res, body)
				return
			}
			if res.StatusCode != 200 || rec.count() != 1 {
				t.Fatalf("status %d, the second server was asked %d times: %s", res.StatusCode, rec.count(), body)
			}
			if r, sent := rec.last(t); sent != tt.body || r.ContentLength != int64(len(tt.body)) {
				t.Errorf("the second server got %d bytes, said to be %d, of %d", len(sent), r.ContentLength, len(tt.body))
			}
			if x := g.seen.ended(t, 1); x.Server != "second" || x.Model != "tiny" || x.Status != 200 {
				t.Errorf("Observe got %+v", x)
			}
		})
	}
}

func checkNoTakeover(t *testing.T, g *rig, rec *recorder, status int, code string, res *http.Response, body string) {
	t.Helper()
	got, _ := errorOf(t, body[max(0, strings.LastIndex(body, `{"error"`)):])
	if res.StatusCode != status || got != code || rec.count() != 0 {
		t.Errorf("status %d, the second server was asked %d times: %s", res.StatusCode, rec.count(), body)
	}
	if x := g.seen.ended(t, 1); x.Server != "first" {
		t.Errorf("Observe got %+v", x)
	}
}

func TestTakeoverKeepsTheServersApart(t *testing.T) {
	rec := &recorder{}
	first, second := refusing(t, "first", "tiny:latest"), upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, "tiny:latest")
	first.Key, first.Prefixes.OpenAI = "secret", "/elsewhere"
	third := upstream(t, "third", dialect.OpenAI, rec.ServeHTTP, "tiny:latest")
	g := newRig(t, nil, first, second, third)
	if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 200 {
		t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	r, body := rec.last(t)
	if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "" || r.Host != second.URL.Host {
		t.Errorf("the second server got %s of %s with %v", r.URL.Path, r.Host, r.Header)
	}
	if bodyModel(t, body) != "tiny" || rec.count() != 1 {
		t.Errorf("%d requests, the last is %s", rec.count(), body)
	}
}

func TestNobodyTakesOver(t *testing.T) {
	g := newRig(t, nil, refusing(t, "first", "tiny"), refusing(t, "second", "tiny"))
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if code, message := errorOf(t, body); res.StatusCode != 502 || code != "server_unreachable" || !strings.HasPrefix(message, "Second is not running") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

// TestWhoLeftDoesNotTakeOver hides the second server while the first is still thinking.
func TestWhoLeftDoesNotTakeOver(t *testing.T) {
	rec := &recorder{}
	var g *rig
	var first catalog.Server
	first = upstream(t, "first", dialect.OpenAI, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		g.SetServers([]catalog.Server{first})
		g.DropServer("second")
		panic(http.ErrAbortHandler)
	}, "tiny")
	g = newRig(t, nil, first, upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny")))
	if code, _ := errorOf(t, body); res.StatusCode != 502 || code != "server_broke_off" || rec.count() != 0 {
		t.Errorf("status %d, the hidden server was asked %d times: %s", res.StatusCode, rec.count(), body)
	}
}

func TestClientThatLeftIsNotTakenOver(t *testing.T) {
	rec := &recorder{}
	h, began, ended := cancelled(false)
	g := newRig(t, nil, upstream(t, "first", dialect.OpenAI, h, "tiny"), upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	if res, err := client.Do(g.request("POST", "/v1/chat/completions", chat("tiny")).WithContext(ctx)); err == nil {
		res.Body.Close()
		t.Errorf("status %d", res.StatusCode)
	}
	await.Done(t, "the server to be told", ended)
	if x := g.seen.ended(t, 1); x.Server != "first" || rec.count() != 0 {
		t.Errorf("Observe got %+v, the second server was asked %d times", x, rec.count())
	}
}

// TestTakeoverUnderLoad holds that no request is lost while the first server breaks off them all.
func TestTakeoverUnderLoad(t *testing.T) {
	g := newRig(t, nil, breaking(t, "first", true, "", "tiny"), upstream(t, "second", dialect.OpenAI, quickChat, "tiny"))
	if lost := hammer(t.Context(), g.url, 200, 16); lost.count > 0 {
		t.Errorf("%d requests were lost: %v", lost.count, lost.first)
	}
}
