package tunnel

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// purse counts what is spent and given back.
type purse struct {
	mu                    sync.Mutex
	left, spent, refunded int
}

func (p *purse) spend(_ string, n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spent++
	if n > p.left {
		return false
	}
	p.left -= n
	return true
}

func (p *purse) refund(_ string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refunded++
	p.left += n
}

func (p *purse) now() (left, spent, refunded int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left, p.spent, p.refunded
}

func (p *purse) of(g *Gateway) { g.Spend, g.Refund = p.spend, p.refund }

func TestRequestsCountByWhatTheyAskFor(t *testing.T) {
	rec := &recorder{}
	p := &purse{left: 1000}
	g := newRig(t, p.of, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny"))
	guestOf(g, catalog.Pass{Requests: 1000})
	for _, tt := range []struct {
		path, rest string
		cost       int
	}{
		{"/v1/completions", `"prompt":"a"`, 1},
		{"/v1/completions", `"prompt":["a","b","c"]`, 3},
		{"/v1/completions", `"prompt":["a","b","c"],"n":4`, 12},
		{"/v1/completions", `"prompt":[[1,2],[3]],"best_of":2`, 4},
		{"/v1/completions", `"prompt":[1,2,3]`, 1},
		{"/v1/chat/completions", `"messages":[{},{},{}]`, 1},
		{"/v1/chat/completions", `"messages":[{}],"N":"5"`, 5},
		{"/v1/chat/completions", `"messages":[{}],"extra_body":{"n":7}`, 7},
		{"/v1/responses", `"input":[{},{}]`, 1},
		{"/v1/messages", `"messages":[{}]`, 1},
		{"/v1/embeddings", `"input":["a","b"]`, 2},
		{"/v1/embeddings", `"input":"a"`, 1},
		{"/v1/images/generations", `"prompt":"a","n":3`, 3},
		{"/v1/rerank", `"query":"a","documents":["a","b"]`, 1},
		{"/api/embed", `"input":["a","b","c"]`, 3},
		{"/api/generate", `"prompt":"a"`, 1},
		{"/api/chat", `"messages":[{},{}]`, 1},
		{"/v1/messages/count_tokens", `"messages":[]`, 1},
	} {
		before, _, _ := p.now()
		res, body := fetch(t, g.request("POST", tt.path, `{"model":"tiny",`+tt.rest+`}`))
		if after, _, _ := p.now(); res.StatusCode != 200 || before-after != tt.cost {
			t.Errorf("%s with %s: status %d, cost %d, want %d: %s", tt.path, tt.rest, res.StatusCode, before-after, tt.cost, body)
		}
	}
	form := "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntiny\r\n--B\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n6\r\n--B--\r\n"
	before, _, _ := p.now()
	fetch(t, g.request("POST", "/v1/images/edits", form, "Content-Type", "multipart/form-data; boundary=B"))
	if after, _, _ := p.now(); before-after != 6 {
		t.Errorf("a form for 6 pictures costs %d", before-after)
	}
}

func TestBatchThatIsMoreThanIsLeft(t *testing.T) {
	rec := &recorder{}
	p := &purse{left: 3}
	g := newRig(t, p.of, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	guestOf(g, catalog.Pass{Requests: 10, Used: 7})
	for _, rest := range []string{`"prompt":["a","b","c","d"]`, `"prompt":["a","b"],"n":2`, `"n":1000000`, `"n":1e99`} {
		res, body := fetch(t, g.request("POST", "/v1/completions", `{"model":"tiny",`+rest+`}`))
		refused(t, res, body, 403, "pass_too_small")
		if res.Header.Get("X-Should-Retry") != "false" {
			t.Errorf("a library would try again: %v", res.Header)
		}
	}
	if left, spent, _ := p.now(); left != 3 || spent != 0 || rec.count() > 0 {
		t.Errorf("%d left, asked %d times, %d reached the server", left, spent, rec.count())
	}
}

// A guest who has none left costs nothing: no reading, no disk, no edit of the list of devices.
func TestUsedUpIsRefusedFromTheHead(t *testing.T) {
	rec := &recorder{}
	p := &purse{}
	g := newRig(t, p.of, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	guestOf(g, catalog.Pass{Requests: 10, Used: 10})
	conn, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", g.addr, testKey, 50<<20)
	head := make([]byte, 12)
	if _, err := io.ReadFull(conn, head); err != nil || string(head) != "HTTP/1.1 429" {
		t.Errorf("before a byte of the body: %q, %v", head, err)
	}
	_, _ = io.Copy(conn, io.LimitReader(letters{}, 4<<20))
	if _, spent, _ := p.now(); spent > 0 || g.room.Taken() > 0 || rec.count() > 0 {
		t.Errorf("the list was edited %d times, %d bytes are on the disk, %d reached the server", spent, g.room.Taken(), rec.count())
	}
}

// Nor do uploads of a guest add up to more than there are requests left for them.
func TestUploadsOfAGuestAreNoMoreThanAreLeft(t *testing.T) {
	rec := &recorder{}
	p := &purse{left: 2}
	g := newRig(t, p.of, upstream(t, "ollama", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	guestOf(g, catalog.Pass{Requests: 10, Used: 8})
	var held []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /v1/embeddings HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n{\"model\":\"tiny\",\"x\":\"%s",
			g.addr, testKey, 10<<20, strings.Repeat("x", 3*smallBody))
		held = append(held, conn)
	}
	await.True(t, "both to be under way", func() bool { return g.room.Taken() > 3*smallBody })
	res, body := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny")))
	refused(t, res, body, 429, "pass_used_up")
	if res, body := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny"), "Authorization", "Bearer "+otherKey)); res.StatusCode != 200 {
		t.Errorf("another device: status %d: %s", res.StatusCode, body)
	}
	held[0].Close()
	g.seen.ended(t, 3) // the refused one, the other device's, and this one
	if res, body := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny"))); res.StatusCode != 200 {
		t.Errorf("when one has gone: status %d: %s", res.StatusCode, body)
	}
}

// A model that a device does not get is refused as soon as it is named, not behind the photo.
func TestUnknownModelIsRefusedBeforeThePhoto(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, (&recorder{}).ServeHTTP, "tiny", "locked"))
	guestOf(g, catalog.Pass{Models: []string{"tiny"}})
	for _, model := range []string{"locked", "nothing"} {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", g.addr, testKey, 50<<20)
		fmt.Fprintf(conn, `{"model":%q,"x":"%s`, model, strings.Repeat("x", 2*pieceSize))
		head := make([]byte, 12)
		if _, err := io.ReadFull(conn, head); err != nil || string(head) != "HTTP/1.1 404" {
			t.Errorf("%s: %q, %v", model, head, err)
		}
	}
}

func TestLiveConversationsAreForPassesWithoutLimits(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "a", dialect.OpenAI, rec.ServeHTTP, "tiny"))
	for _, p := range []catalog.Pass{{Requests: 5}, {Models: []string{"tiny"}}, {Requests: 5, Models: []string{"tiny"}, Until: time.Now().Add(time.Hour)}} {
		guestOf(g, p)
		res, body := fetch(t, g.request("GET", "/v1/realtime?model=tiny", "", "Connection", "Upgrade", "Upgrade", "websocket"))
		refused(t, res, body, 403, "model_not_allowed")
	}
	if rec.count() > 0 {
		t.Error("reached the server")
	}
	guestOf(g, catalog.Pass{Until: time.Now().Add(time.Hour)})
	fetch(t, g.request("GET", "/v1/realtime?model=tiny", "", "Connection", "Upgrade", "Upgrade", "websocket"))
	if rec.count() != 1 {
		t.Error("a pass that only ends does not cover it")
	}
}

// A guest learns nothing of models that the pass is not for: not by the status, not by the words, not
// by whether somebody looks for servers meanwhile.
func TestNotForYouLooksLikeNotThere(t *testing.T) {
	var looked int
	g := newRig(t, func(g *Gateway) { g.Refresh = func(context.Context) { looked++ } },
		upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, (&recorder{}).ServeHTTP, "tiny:latest", "locked"),
		upstream(t, "claude", dialect.Anthropic, (&recorder{}).ServeHTTP, "other-words"))
	g.SetServers([]catalog.Server{g.chooser.models().Servers[0], g.chooser.models().Servers[1], describe(t, "gone", dialect.OpenAI, "http://127.0.0.1:1", "left-before")})
	g.SetServers(g.chooser.models().Servers[:2])
	guestOf(g, catalog.Pass{Models: []string{"tiny", "mine"}})
	normal := func(name string, res *http.Response, body string) string {
		return fmt.Sprint(res.StatusCode, strings.ReplaceAll(body, name, "NAME"))
	}
	for _, path := range []string{"/v1/chat/completions", "/v1/embeddings", "/api/chat", "/api/show"} {
		res, body := fetch(t, g.request("POST", path, chat("nothing")))
		want := normal("nothing", res, body)
		if res.StatusCode != 404 || strings.Contains(body, "locked") || strings.Contains(body, "other-words") {
			t.Fatalf("%s: status %d: %s", path, res.StatusCode, body)
		}
		for _, name := range []string{"locked", "locked@ollama", "other-words", "left-before", "locked@nobody"} {
			res, body := fetch(t, g.request("POST", path, chat(name)))
			if got := normal(name, res, body); got != want {
				t.Errorf("%s of %s: %s, want %s", path, name, got, want)
			}
		}
	}
	for _, name := range []string{"nothing", "locked", "left-before"} {
		if res, _ := fetch(t, g.request("GET", "/v1/models/"+name, "")); res.StatusCode != 404 {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	if looked > 0 {
		t.Errorf("somebody looked for servers %d times", looked)
	}
	fetch(t, g.request("POST", "/v1/chat/completions", chat("mine"))) // may have been started just now
	if looked != 1 {
		t.Errorf("for a model of the pass somebody looked %d times", looked)
	}
}
