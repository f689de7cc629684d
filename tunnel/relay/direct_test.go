package relay

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

func TestHostForIPv6Loopback(t *testing.T) {
	for in, want := range map[string]string{
		"http://[::1]:5000": "localhost:5000", "http://127.0.0.1:5000": "127.0.0.1:5000", "http://nas.local": "nas.local",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := upstreamHost(u); got != want {
			t.Errorf("%s: Host %q, want %q", in, got, want)
		}
	}
}

func TestServersAddress(t *testing.T) {
	for _, tt := range []struct{ server, path, query, want string }{
		{"http://nas:1234", "/v1/models", "", "http://nas:1234/v1/models"},
		{"http://nas:1234/", "/v1/models", "a=b", "http://nas:1234/v1/models?a=b"},
		{"http://nas:1234/llm", "/v1/models", "", "http://nas:1234/llm/v1/models"},
		{"http://nas:1234/llm/", "/v1/models", "", "http://nas:1234/llm/v1/models"},
		{"http://nas:1234/a%2Fb", "/v1/models", "", "http://nas:1234/a%2Fb/v1/models"},
		{"http://nas:1234/?k=1", "/v1/models", "", "http://nas:1234/v1/models?k=1"},
		{"http://nas:1234/?k=1", "/v1/models", "a=b", "http://nas:1234/v1/models?k=1&a=b"},
	} {
		ask := httptest.NewRequestWithContext(t.Context(), http.MethodGet, tt.path+"?"+tt.query, nil)
		out := outgoing(t.Context(), ask, nil)
		direct(out, &catalog.Server{URL: parsed(t, tt.server)}, dialect.OpenAI)
		if got := out.URL.String(); got != tt.want {
			t.Errorf("%s under %s: %s, want %s", tt.path, tt.server, got, tt.want)
		}
	}
}
