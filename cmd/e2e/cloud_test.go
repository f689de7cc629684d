package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestCloudModelIsMarked chats by way of a server that only passes on what it is asked: the phone
// says where its answers come from, and nothing was asked of the service before.
func TestCloudModelIsMarked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, _ = io.WriteString(w, "Ollama is running")
		case "/api/version":
			_, _ = io.WriteString(w, `{"version":"0.31.0"}`)
		case "/api/ps":
			_, _ = io.WriteString(w, `{"models":[]}`)
		case "/api/tags":
			_, _ = io.WriteString(w, `{"models":[{"name":"big:120b-cloud","model":"big:120b-cloud","remote_host":"https://ollama.com:443"}]}`)
		default:
			if r.Method == http.MethodPost {
				t.Errorf("%s was asked, which goes out to the internet", r.URL.Path)
			}
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	b := startBeam(t, "--server", server.URL)
	p := openPhone(t, thisMachine)
	p.open(b.url + "/#c=" + b.ready.Code)
	p.awaitText("Answers come from ollama.com, not from the laptop.")
}
