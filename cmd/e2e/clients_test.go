package e2e

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// attempt is what a page got that listed the models and chatted through a client library.
type attempt struct {
	Models []string
	Pieces []string
	Error  *struct {
		Name    string
		Status  int
		Message string
	}
}

// TestNpmClients proves that a page of another origin can use a laptop's models through the
// two client libraries that most chat pages are built on, and that a page without a good key
// is told so in words: the library must see a 401 and not a "network error".
func TestNpmClients(t *testing.T) {
	server := startOllama(t, endlessModel)
	beam := startBeam(t, "--server", server.url)
	key := beam.addDevice(t, "page").Key
	page := openBrowser(t, thisMachine)
	page.open(serveClients(t))
	await(t, "the page has loaded the libraries", func() bool { return evaluate[bool](page, "!!window.clients") })

	for _, tt := range []struct{ client, noKey, errorClass string }{
		{"openai", "none", "AuthenticationError"}, // it does not go without any
		{"ollama", "", "ResponseError"},
	} {
		t.Run(tt.client, func(t *testing.T) {
			page := page.with(t)
			chat := func(key string) attempt {
				return call[attempt](page, "clients."+tt.client, beam.url, key, endlessModel)
			}
			assertStreamed(t, chat(key))
			for _, bad := range []string{tt.noKey, "mb_AAAAAAAAAAAAAAAAAAAAAA"} {
				assertRefused(t, chat(bad), tt.errorClass)
			}
		})
	}
}

// serveClients serves the pages in testdata/clients and returns their address. It is another
// origin than the gateway's: the gateway is 127.0.0.1, the page comes from localhost.
func serveClients(t *testing.T) string {
	t.Helper()
	if !isFile("testdata/clients/node_modules/openai/index.mjs") {
		missing(t, "the npm packages")
	}
	s := httptest.NewServer(http.FileServer(http.Dir("testdata/clients")))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/"
}

func assertStreamed(t *testing.T, a attempt) {
	t.Helper()
	if a.Error != nil {
		t.Fatalf("the page got %+v", *a.Error)
	}
	if !slices.Contains(a.Models, endlessModel) {
		t.Errorf("the models are %q, want %q among them", a.Models, endlessModel)
	}
	// The answer has no end: what came of it came while it was being made.
	if len(a.Pieces) != 50 {
		t.Errorf("%d pieces of the answer came, want 50", len(a.Pieces))
	}
}

func assertRefused(t *testing.T, a attempt, class string) {
	t.Helper()
	if a.Error == nil {
		t.Fatalf("without a good key the page got %q and %d pieces", a.Models, len(a.Pieces))
	}
	if a.Error.Name != class || a.Error.Status != http.StatusUnauthorized {
		t.Errorf("the page saw %s, status %d; want %s, status 401", a.Error.Name, a.Error.Status, class)
	}
	if !strings.Contains(strings.ToLower(a.Error.Message), "key") {
		t.Errorf("%q does not say that it is about the key", a.Error.Message)
	}
}
