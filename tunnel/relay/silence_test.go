package relay

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// deaf is a client that takes nothing.
type deaf struct{ http.ResponseWriter }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("nobody there") }

// A server must not go on working for a client that does not take even a comment.
func TestNobodyListensInSilence(t *testing.T) {
	for _, tt := range []struct {
		name   string
		client http.ResponseWriter
		want   error
	}{
		{"a client that is there", httptest.NewRecorder(), nil},
		{"a client that is gone", deaf{httptest.NewRecorder()}, context.Canceled},
	} {
		ctx, end := context.WithCancelCause(t.Context())
		l := New(Options{Log: slog.New(slog.DiscardHandler)})
		s := l.newClient(tt.client, nil, &Request{End: end, ctx: ctx})
		s.mu.Lock()
		s.open()
		s.speak()
		s.mu.Unlock()
		s.finish()
		if got := context.Cause(ctx); !errors.Is(got, tt.want) {
			t.Errorf("%s: the request is ended by %v, want %v", tt.name, got, tt.want)
		}
		end(nil)
	}
}
