package llm

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func probe(t *testing.T, address, key string) (Server, error) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return Probe(t.Context(), u, key)
}

func TestProbeBase(t *testing.T) {
	f := startFake(t, "generic")
	prefixed := serveAt(t, http.StripPrefix("/behind/it", f), "127.0.0.1:0")
	for _, tt := range []struct{ address, want string }{
		{f.URL, f.URL},
		{f.URL + "/", f.URL},
		{f.URL + "/v1", f.URL},
		{f.URL + "/v1/", f.URL},
		{f.URL + "/v1/?a=b#c", f.URL},
		{prefixed.URL + "/behind/it/", prefixed.URL + "/behind/it"},
		{prefixed.URL + "/behind/it/v1", prefixed.URL + "/behind/it"},
	} {
		got, err := probe(t, tt.address, "")
		if err != nil || got.URL.String() != tt.want || len(got.Models) != 2 {
			t.Errorf("Probe(%s): %+v, %v; want %s", tt.address, got, err, tt.want)
		}
	}
}

func TestProbeTakesDialectPathsOff(t *testing.T) {
	for _, tt := range []struct{ file, path string }{
		{"ollama", "/api"},
		{"openwebui", "/api"},
		{"openwebui", "/api/v1"},
		{"anythingllm", "/api/v1/openai"},
		{"olla", "/olla/proxy/v1"},
		{"docker-desktop", ""},
	} {
		f := startFake(t, tt.file)
		got, err := probe(t, f.URL+tt.path, "")
		if err != nil || got.Kind != strings.TrimSuffix(tt.file, "-desktop") || got.URL.String() != f.URL {
			t.Errorf("%s at %s: %+v, %v", tt.file, tt.path, got, err)
		}
	}
}

func TestProbeWithKey(t *testing.T) {
	f := startFake(t, "generic")
	f.key = "secret"
	for _, tt := range []struct {
		key      string
		needsKey bool
	}{{"", true}, {"wrong", true}, {"secret", false}} {
		got, err := probe(t, f.URL, tt.key)
		if err != nil || got.NeedsKey != tt.needsKey || got.NeedsKey == (len(got.Models) > 0) {
			t.Errorf("with key %q: %+v, %v", tt.key, got, err)
		}
	}
}

// A person has named the address, so a bare refusal is taken for a server's.
func TestProbeTrustsRefusals(t *testing.T) {
	got, err := probe(t, startFake(t, "decoy-login").URL, "")
	if err != nil || !got.NeedsKey {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestProbeOverTLS(t *testing.T) {
	f := startFake(t, "ollama")
	secure := httptest.NewUnstartedServer(f)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	_, err := probe(t, secure.URL, "")
	wantError(t, err, "certificate is not trusted")
	_, err = probe(t, strings.Replace(f.URL, "http:", "https:", 1), "")
	wantError(t, err, "does not speak https")
}

func TestProbeErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := "http://" + l.Addr().String()
	_ = l.Close()
	redirect := serveAt(t, http.RedirectHandler("http://192.0.2.1/", http.StatusFound), "127.0.0.1:0")
	for _, tt := range []struct {
		address, want string
		notServer     bool
	}{
		{free, "nothing is listening there", false},
		{"ftp://127.0.0.1", "must begin with http://", false},
		{"http://:80", "has no host", false},
		{redirect.URL, "points to http://192.0.2.1/", false},
		{startFake(t, "decoy-webapp").URL, "not an LLM server", true},
		{startFake(t, "decoy-unexpected").URL, "not an LLM server", true},
		{startFake(t, "decoy-comfyui").URL, "with status 404", true},
	} {
		_, err := probe(t, tt.address, "")
		wantError(t, err, tt.want)
		if errors.Is(err, ErrNotServer) != tt.notServer {
			t.Errorf("Probe(%s): %v; ErrNotServer is wrong", tt.address, err)
		}
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q in it", err, want)
	}
}
