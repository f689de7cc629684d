package tunnel

import (
	"context"
	"net"
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
