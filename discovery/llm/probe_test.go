package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
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
	wantCause(t, err, Untrusted)
	_, err = probe(t, strings.Replace(f.URL, "http:", "https:", 1), "")
	wantCause(t, err, NoTLS)
}

func TestProbeErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := "http://" + l.Addr().String()
	_ = l.Close()
	redirect := serveAt(t, http.RedirectHandler("http://192.0.2.1/", http.StatusFound), "127.0.0.1:0")
	for address, want := range map[string]Error{
		free:                                 {Cause: Refused},
		"ftp://127.0.0.1":                    {Cause: BadAddress},
		"http://:80":                         {Cause: BadAddress},
		"http://a:b@127.0.0.1:1":             {Cause: Refused},
		redirect.URL:                         {Cause: Redirected, Status: http.StatusFound, Location: "http://192.0.2.1/"},
		mute(t):                              {Cause: NotServer},
		startFake(t, "decoy-webapp").URL:     {Cause: NotServer, Status: http.StatusOK},
		startFake(t, "decoy-unexpected").URL: {Cause: NotServer, Status: http.StatusOK},
		startFake(t, "decoy-comfyui").URL:    {Cause: NotServer, Status: http.StatusNotFound},
	} {
		_, err := probe(t, address, "")
		got, ok := errors.AsType[*Error](err)
		if !ok || got.Cause != want.Cause || got.Status != want.Status || got.Location != want.Location {
			t.Errorf("Probe(%s): %#v; want %#v", address, err, want)
			continue
		}
		text := err.Error()
		if !strings.Contains(text, want.Cause.String()) || !strings.Contains(text, want.Location) || strings.Contains(text, "a:b@") {
			t.Errorf("Probe(%s): %s", address, text)
		}
	}
}

// mute accepts connections and says goodbye at once.
func mute(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

// TestCauseOf: an error of somebody else's has no cause that could be compared.
func TestCauseOf(t *testing.T) {
	for want, err := range map[Cause]error{
		NoCause:  errors.New("the disk is full"),
		TimedOut: fmt.Errorf("look: %w", &Error{Cause: TimedOut}),
	} {
		wantCause(t, err, want)
	}
	wantCause(t, nil, NoCause)
}

// TestCauseOfSilence: what keeps an answer from coming, as the net package tells it.
func TestCauseOfSilence(t *testing.T) {
	dial := func(err error) error {
		return &url.Error{Op: "Get", Err: &net.OpError{Op: "dial", Net: "tcp", Err: err}}
	}
	for _, tt := range []struct {
		err  error
		want Cause
	}{
		{context.Canceled, NoCause},
		{context.DeadlineExceeded, TimedOut},
		{dial(os.ErrDeadlineExceeded), TimedOut},
		{dial(&net.DNSError{Name: "nowhere", IsNotFound: true}), UnknownHost},
		{dial(errors.New("no route to host")), Unreachable},
		{io.ErrUnexpectedEOF, NotServer},
	} {
		if got := causeOfSilence(tt.err); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.err, got, tt.want)
		}
	}
}

func wantCause(t *testing.T, err error, want Cause) {
	t.Helper()
	if got := CauseOf(err); got != want {
		t.Errorf("%v: its cause is %v, want %v", err, got, want)
	}
}
