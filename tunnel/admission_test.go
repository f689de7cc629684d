package tunnel

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
)

// TestBurstOfKeys opens many connections at the same moment, each for one question: none has shown
// its key when the last one comes.
func TestBurstOfKeys(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, jsonAnswer("{}"), "tiny"))
	const n = 400
	body := chat("tiny")
	text := fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", g.addr, testKey, len(body), body)
	var ready, all sync.WaitGroup
	ready.Add(n)
	for range n {
		all.Go(func() {
			conn, err := net.Dial("tcp", g.addr)
			ready.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			ready.Wait()
			_ = conn.SetDeadline(time.Now().Add(patience))
			_, _ = io.WriteString(conn, text)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil || res.StatusCode != 200 {
				t.Errorf("one of %d: %v, %v", n, res, err)
			}
		})
	}
	all.Wait()
}

// TestKeysAmongACrowd keeps more connections open without a key than an address may have. Who has
// one stays, and new ones come in, at the same address.
func TestKeysAmongACrowd(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, silent, "tiny"))
	stream := openStream(t, g, testKey)
	kept, err := net.Dial("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	answers := bufio.NewReader(kept)
	ask := func() {
		t.Helper()
		_ = kept.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(kept, "GET /v1/models HTTP/1.1\r\nHost: %s\r\nX-Api-Key: %s\r\n\r\n", g.addr, testKey)
		res, err := http.ReadResponse(answers, nil)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("on a connection that is kept: %v, %v", res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
	}
	ask()
	gone := make(chan struct{}, 2000)
	for range cap(gone) {
		conn, err := net.Dial("tcp", g.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			_, _ = io.Copy(io.Discard, conn)
			gone <- struct{}{}
		}()
	}
	for range cap(gone) / 2 {
		await.Done(t, "the oldest to be let go", gone)
	}
	ask()
	if res, _ := fetch(t, g.request("GET", "/v1/models", "")); res.StatusCode != 200 {
		t.Errorf("a new one: status %d", res.StatusCode)
	}
	if res, _ := fetch(t, g.request("GET", "/healthz", "", "Authorization", "")); res.StatusCode != 200 {
		t.Errorf("a new one without a key: status %d", res.StatusCode)
	}
	g.SetPaused(true)
	if code := lastError(t, stream); code != "paused" {
		t.Errorf("the stream ended with %q before it was ended", code)
	}
}
