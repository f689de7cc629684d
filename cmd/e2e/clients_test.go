package e2e

import (
	"net/http"
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
// client libraries that chat pages are built on, each in its dialect, and that a page without
// a good key is told so in words: the library must see a 401 and not a "network error".
func TestNpmClients(t *testing.T) {
	beam := startBeam(t, "--server", startOllama(t, endlessModel).url, "--server", serveMessages(t).URL)
	key := beam.addDevice(t, "page").Key
	page := openClients(t)
	all := []string{endlessModel, messagesModel}
	for _, tt := range []struct {
		client, model string
		models        []string // that it lists; the AI SDK has no call for it
		noKey         string   // what stands for no key: some do not go without any
		errorClass    string
	}{
		{"openai", endlessModel, all, "none", "AuthenticationError"},
		{"ollama", endlessModel, all, "", "ResponseError"},
		{"aisdk", endlessModel, nil, "", "APICallError"},
		{"anthropic", messagesModel, all, "none", "AuthenticationError"},
	} {
		t.Run(tt.client, func(t *testing.T) {
			page := page.with(t)
			ask := func(key string) attempt {
				return call[attempt](page, "clients."+tt.client, beam.url, key, tt.model)
			}
			good := ask(key)
			assertStreamed(t, good)
			if !slices.Equal(good.Models, tt.models) {
				t.Errorf("the models are %q, want %q", good.Models, tt.models)
			}
			for _, bad := range []string{tt.noKey, "mb_AAAAAAAAAAAAAAAAAAAAAA"} {
				assertRefused(t, ask(bad), tt.errorClass)
			}
		})
	}
}

func assertStreamed(t *testing.T, a attempt) {
	t.Helper()
	if a.Error != nil {
		t.Fatalf("the page got %+v", *a.Error)
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
