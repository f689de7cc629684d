package update

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// carrier answers instead of the network.
type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// drip is a body of which a byte comes every so often.
type drip struct {
	ctx   context.Context
	every time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(d.every):
		p[0] = 'x'
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

// TestSlowServers: none holds an installation up for ever.
func TestSlowServers(t *testing.T) {
	body := func(r *http.Request, b io.Reader) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(b), Request: r}, nil
	}
	for name, tt := range map[string]struct {
		answer carrier
		within time.Duration
	}{
		"no answer": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, quietFor},
		"nothing after the first byte": {func(r *http.Request) (*http.Response, error) {
			return body(r, io.MultiReader(bytes.NewReader([]byte("x")), drip{r.Context(), 1000 * time.Hour}))
		}, quietFor},
		"a byte now and then": {func(r *http.Request) (*http.Response, error) {
			return body(r, drip{r.Context(), quietFor - time.Second})
		}, downloadWithin},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "new")
			synctest.Test(t, func(t *testing.T) {
				before := client.Transport
				client.Transport = tt.answer
				defer func() { client.Transport = before }()
				began := time.Now()
				err := download(t.Context(), Source{Address: "https://x.example/latest.json"}, File{Name: "new.bin", Size: 1 << 20}, path, 0o600)
				if took := time.Since(began); err == nil || took > tt.within {
					t.Errorf("it ended after %v with %v", took, err)
				}
			})
			if _, err := os.Stat(path); err == nil {
				t.Error("a part of it is left")
			}
		})
	}
}
