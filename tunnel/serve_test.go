package tunnel

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/tunnel/dialect"
)

func TestServeEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		stream := openStream(t, b.rig, testKey)
		b.connect() // and say nothing
		code := make(chan string)
		go func() { code <- lastError(t, stream) }()
		began := time.Now()
		ended := make(chan time.Duration)
		go func() {
			b.stop()
			ended <- time.Since(began)
		}()
		if got := <-code; got != "stopped" {
			t.Errorf("the stream ended with %q", got)
		}
		if took := <-ended; took > 2*time.Second {
			t.Errorf("Serve took %v to end", took)
		}
	}, dialect.OpenAI, silent, "tiny")
}

// A connection on which a key was shown may rest as long as any other, and no longer, also where a request without a
// key came just before.
func TestConnectionWithAKeyRests(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		conn := b.connect()
		in := bufio.NewReader(conn)
		for _, path := range []string{"/healthz", "/healthz", "/v1/models"} {
			if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: "+b.addr+"\r\nAuthorization: Bearer "+testKey+"\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			res, err := http.ReadResponse(in, nil)
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("%s: %v, %v", path, res, err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
		}
		_ = conn.SetReadDeadline(time.Now().Add(2 * idleTimeout))
		began := time.Now()
		if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		if took := time.Since(began); took < idleTimeout*7/8 || took > idleTimeout {
			t.Errorf("it ends after %s", took)
		}
	}, dialect.OpenAI, jsonAnswer("{}"), "tiny")
}

func TestServeClosesItsListener(t *testing.T) {
	g := newRig(t, nil)
	g.stop()
	if _, err := net.Dial("tcp", g.addr); err == nil {
		t.Error("the listener is still open")
	}
}

func TestServeEndsWithAPhoneThatDoesNotRead(t *testing.T) {
	var sent atomic.Int64
	g := newRig(t, func(g *Gateway) { g.timing.stop = 100 * time.Millisecond },
		upstream(t, "ollama", dialect.OpenAI, flood(&sent), "tiny"))
	stuckStream(t, g, &sent)
	g.stop()
	g.seen.ended(t, 1)
}

func TestServeTwiceInARow(t *testing.T) {
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, jsonAnswer("{}"), "tiny"))
	g.stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Serve(ctx, l) }()
	g.url = "http://" + l.Addr().String()
	if res, body := fetch(t, g.request("POST", "/v1/chat/completions", chat("tiny"))); res.StatusCode != 200 {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := (&Gateway{}).Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "serve 127.0.0.1") {
		t.Errorf("Serve of a closed listener: %v", err)
	}
}
