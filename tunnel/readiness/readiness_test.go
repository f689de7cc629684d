package readiness

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"modelbeam/tunnel/catalog"
)

// list is a server that lists one thing, whatever it is asked.
func list(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, text)
	}
}

// ollamaUntil is an Ollama that says how long it keeps a model, each time it is asked.
func ollamaUntil(until func(asked int) time.Time) http.HandlerFunc {
	asked := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = fmt.Fprintf(w, `{"models":[{"name":"other:latest"},{"name":"tiny:latest","model":"tiny:latest","expires_at":%q}]}`,
			until(asked).Format(time.RFC3339Nano))
	}
}

func TestStates(t *testing.T) {
	noon := time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)
	fixed := func(int) time.Time { return noon }
	moving := func(asked int) time.Time { return noon.Add(time.Duration(asked) * between) }
	settling := func(asked int) time.Time { return noon.Add(time.Duration(min(asked, 2)) * time.Minute) }
	const llamaList, studioList = "/v1/models", "/api/v0/models"
	tests := []struct {
		name, path string
		server     http.HandlerFunc
		want       State
	}{
		{"Ollama has nothing", ollamaList, list(200, `{"models":[]}`), Unloaded},
		{"Ollama has another", ollamaList, list(200, `{"models":[{"name":"tiny:7b","expires_at":"2026-05-04T12:00:00Z"}]}`), Unloaded},
		{"Ollama has it", ollamaList, ollamaUntil(fixed), Ready},
		{"Ollama loads it", ollamaList, ollamaUntil(moving), Loading},
		{"an answer ends at Ollama meanwhile", ollamaList, ollamaUntil(settling), Ready},
		{"Ollama says nothing of it", ollamaList, list(200, `{}`), Unknown},
		{"Ollama fails", ollamaList, list(500, `{"models":[]}`), Unknown},
		{"not JSON", ollamaList, list(200, `<html>`), Unknown},
		{"LM Studio has it", studioList, list(200, `{"data":[{"id":"tiny:latest","state":"loaded"}]}`), Ready},
		{"LM Studio loads it", studioList, list(200, `{"data":[{"id":"tiny:latest","state":"loading"}]}`), Loading},
		{"LM Studio does not have it", studioList, list(200, `{"data":[{"id":"x","state":"loaded"},{"id":"tiny:latest","state":"not-loaded"}]}`), Unloaded},
		{"an LM Studio without such a list", studioList, list(200, `{"error":"Unexpected endpoint or method. (GET /api/v0/models)"}`), Unknown},
		{"llama.cpp loads its model", llamaList, list(503, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`), Loading},
		{"something else is away", llamaList, list(503, `{"error":"busy"}`), Unknown},
		{"llama.cpp with one model", llamaList, list(200, `{"data":[{"id":"tiny:latest","meta":{}}]}`), Unknown},
		{"a router has it", llamaList, list(200, `{"data":[{"id":"tiny:latest","status":{"value":"loaded"}}]}`), Ready},
		{"a router loads it", llamaList, list(200, `{"data":[{"id":"tiny:latest","status":{"value":"loading"}}]}`), Loading},
		{"a router does not have it", llamaList, list(200, `{"data":[{"id":"tiny:latest","status":{"value":"unloaded"}}]}`), Unloaded},
		{"a word that we do not know", llamaList, list(200, `{"data":[{"id":"tiny:latest","status":{"value":"failed"}}]}`), Unknown},
		{"fields that are for other things", llamaList, list(200, `{"data":[{"id":"tiny:latest","state":7,"status":"on"}]}`), Unknown},
		{"a server that does not tell", "", list(200, `{"models":[]}`), Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.server)
			defer s.Close()
			if got := new(Asker).Of(t.Context(), http.DefaultTransport, target(t, s.URL, tt.path)); got != tt.want {
				t.Errorf("it is %q, want %q", got, tt.want)
			}
		})
	}
}

// target is the tiny model of a server that tells at that path.
func target(t *testing.T, address, path string) catalog.Target {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Target{Server: &catalog.Server{URL: u, Quirks: catalog.Quirks{States: path}}, Model: &catalog.Model{ID: "tiny:latest"}}
}

// TestNobodyIsAsked holds for what there is nothing to ask about, and for a server that is not there.
func TestNobodyIsAsked(t *testing.T) {
	asked := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") }))
	defer asked.Close()
	unnamed, cloud, loading := target(t, asked.URL, ollamaList), target(t, asked.URL, ollamaList), target(t, asked.URL, ollamaList)
	unnamed.Model, cloud.Model.Cloud, loading.Server.Loading = nil, "ollama.com", true
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tt := range []struct {
		name string
		at   catalog.Target
		want State
	}{
		{"no model", unnamed, Unknown},
		{"a model on the internet", cloud, Unknown},
		{"a server that loads its only model", loading, Loading},
		{"a server that is gone", target(t, gone.URL, ollamaList), Unknown},
	} {
		if got := new(Asker).Of(t.Context(), http.DefaultTransport, tt.at); got != tt.want {
			t.Errorf("%s: it is %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestTheServersOwnKeyAndPlace holds where it is asked, below a path of its own, and with which key.
func TestTheServersOwnKeyAndPlace(t *testing.T) {
	var path, key string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		path, key = r.URL.Path, r.Header.Get("Authorization")
	}))
	defer s.Close()
	at := target(t, s.URL+"/llm/", ollamaList)
	at.Server.Key = "secret"
	new(Asker).Of(t.Context(), http.DefaultTransport, at)
	if path != "/llm/api/ps" || key != "Bearer secret" {
		t.Errorf("it was asked for %s with %q", path, key)
	}
}
