package tunnel

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
)

// phoneConn is a client that keeps its connection.
type phoneConn struct {
	net.Conn
	in *bufio.Reader
	g  *rig
}

func (g *rig) connect(t *testing.T) *phoneConn {
	t.Helper()
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &phoneConn{conn, bufio.NewReader(conn), g}
}

// ask sends a chat, as often as it is told, in one piece.
func (p *phoneConn) ask(t *testing.T, times int, headers string) {
	t.Helper()
	body := chat("tiny")
	one := fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%sContent-Length: %d\r\n\r\n%s",
		p.g.addr, testKey, headers, len(body), body)
	if _, err := io.WriteString(p, strings.Repeat(one, times)); err != nil {
		t.Fatal(err)
	}
}

func (p *phoneConn) answer(t *testing.T) *http.Response {
	t.Helper()
	res, err := http.ReadResponse(p.in, nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", res, err)
	}
	return res
}

func TestConnectionGoesOn(t *testing.T) {
	for name, tt := range map[string]struct {
		atOnce  int // so many requests are sent together
		rounds  int
		headers string
		closes  bool
	}{
		"one after the other":             {1, 3, "", false},
		"the next ones are there already": {3, 1, "", false},
		"the last one":                    {1, 1, "Connection: close\r\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			step := make(chan struct{})
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, stepped(step), "tiny"))
			phone := g.connect(t)
			for range tt.rounds {
				phone.ask(t, tt.atOnce, tt.headers)
				for range tt.atOnce {
					res := phone.answer(t)
					step <- struct{}{}
					body, err := io.ReadAll(res.Body)
					if err != nil || string(body) != "data: {}\n\ndata: [DONE]\n\n" || res.Header.Get(allowOrigin) != "*" {
						t.Fatalf("%q, %v, %v", body, err, res.Header)
					}
				}
			}
			if tt.closes {
				if _, err := phone.in.ReadByte(); err != io.EOF {
					t.Errorf("the connection goes on: %v", err)
				}
			} else if _, err := io.WriteString(phone, "GET /healthz HTTP/1.1\r\nHost: "+g.addr+"\r\n\r\n"); err != nil || phone.answer(t) == nil {
				t.Errorf("the connection is of no use: %v", err)
			}
			if x := g.seen.ended(t, 1); x.Status != 200 || x.Bytes == 0 {
				t.Errorf("Observe got %+v", x)
			}
		})
	}
}

func TestTrailersOfAStream(t *testing.T) {
	step := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		stepped(step)(w, r)
		w.Header().Set(http.TrailerPrefix+"X-Request-Id", "7")
	}, "tiny"))
	phone := g.connect(t)
	phone.ask(t, 1, "")
	res := phone.answer(t)
	close(step)
	if body, err := io.ReadAll(res.Body); err != nil || res.Trailer.Get("X-Request-Id") != "7" {
		t.Errorf("%q, %v, trailers %v", body, err, res.Trailer)
	}
}

func TestClientLeavesAStream(t *testing.T) {
	handler, _, ended := cancelled(true)
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, handler, "tiny"))
	phone := g.connect(t)
	phone.ask(t, 1, "")
	phone.answer(t)
	phone.Close()
	await.Done(t, "the server's work to be cancelled", ended)
	if x := g.seen.ended(t, 1); x.Status != 499 {
		t.Errorf("Observe got %+v", x)
	}
}

func TestWhatEndsAStream(t *testing.T) {
	for name, tt := range map[string]struct {
		end   func(*rig)
		words string
	}{
		"its device is removed": {func(g *rig) { g.keys.remove(testKey); g.Disconnect("d1", Removed) }, "removed"},
		"sharing is paused":     {func(g *rig) { g.SetPaused(true) }, "paused"},
		"the gateway stops":     {func(g *rig) { g.stop() }, "stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, silent, "tiny"))
			phone := g.connect(t)
			phone.ask(t, 1, "")
			res := phone.answer(t)
			tt.end(g)
			body, err := io.ReadAll(res.Body)
			if err != nil || !strings.Contains(string(body), tt.words) {
				t.Errorf("the stream ends with %q, %v", body, err)
			}
		})
	}
}

// A stream that is cut must not look whole.
func TestStreamIsCut(t *testing.T) {
	left := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.WriteString(w, "half")
		flush(w)
		<-left
		panic(http.ErrAbortHandler)
	}, "tiny"))
	phone := g.connect(t)
	phone.ask(t, 1, "")
	res := phone.answer(t)
	close(left)
	if body, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a cut answer ends with %q, %v", body, err)
	}
}
