package relay

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"modelbeam/tunnel/body"
)

// payloadOf is a chat with a message of n bytes.
func payloadOf(t *testing.T, n int) *body.Payload {
	t.Helper()
	text := `{"messages":[{"role":"user","content":"` + strings.Repeat("x", n) + `"}]}`
	p, err := body.Read(body.Source{
		From: strings.NewReader(text), Size: int64(len(text)), Limit: 64 << 20, Room: body.NewRoom(1 << 30),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestLargeBodiesTakeTurns(t *testing.T) {
	l := New(Options{Log: slog.New(slog.DiscardHandler)})
	small, large := payloadOf(t, 10), payloadOf(t, 2*largeBody)
	_, release, err := l.wholeBody(&Request{Body: large, ctx: t.Context()})
	if err != nil {
		t.Fatal(err)
	}
	if _, done, err := l.wholeBody(&Request{Body: small, ctx: t.Context()}); err != nil {
		t.Errorf("a small one has to wait: %v", err)
	} else {
		done()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := l.wholeBody(&Request{Body: large, ctx: ctx}); !errors.Is(err, context.Canceled) {
		t.Errorf("a large one out of its turn: %v", err)
	}
	release()
	text, done, err := l.wholeBody(&Request{Body: large, ctx: t.Context()})
	if err != nil || int64(len(text)) != large.Len() {
		t.Errorf("%d bytes in its turn: %v", len(text), err)
	}
	done()
}
