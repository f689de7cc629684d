package tunnel

import (
	"context"
	"net/http"
	"regexp"
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// TestEmptyListsAreLists holds that no list is null where there is nothing: most clients go through it
// without looking.
func TestEmptyListsAreLists(t *testing.T) {
	ollama := func(ps string) catalog.Server {
		return upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/ps" {
				jsonAnswer(ps)(w, r)
				return
			}
			http.NotFound(w, r)
		}, "tiny")
	}
	servers := map[string][]catalog.Server{
		"no server":            nil,
		"no models":            {describe(t, "vllm", dialect.OpenAI, "http://127.0.0.1:1"), describe(t, "ollama", dialect.Ollama, "http://127.0.0.1:1")},
		"nothing loaded":       {describe(t, "vllm", dialect.OpenAI, "http://127.0.0.1:1", "tiny"), ollama(`{"models":[]}`)},
		"Ollama says null":     {ollama(`{"models":null}`)},
		"Ollama says nothing":  {ollama(`{}`)},
		"Ollama says nonsense": {ollama(`{"models":[null,5,{}]}`)},
		"only Anthropic's":     {describe(t, "claude", dialect.Anthropic, "http://127.0.0.1:1", "tiny")},
	}
	null := regexp.MustCompile(`"[a-z_]+":null`)
	for name, all := range servers {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, func(g *Gateway) {
				g.Pair = func(context.Context, PairRequest) (Paired, error) {
					return Paired{Key: testKey, Device: Device{ID: "d1", Name: "Phone"}}, nil
				}
			}, all...)
			for path, list := range map[string]string{
				"/v1/models": "data", "/api/tags": "models", "/api/ps": "models", "/apps": "", "/device": "", "/healthz": "", "/api/version": "",
			} {
				res, body := fetch(t, g.request("GET", path, ""))
				if found := null.FindString(body); res.StatusCode != 200 || found != "" {
					t.Errorf("%s: status %d, %s in %s", path, res.StatusCode, found, body)
				}
				if list != "" && !regexp.MustCompile(`"`+list+`":\[`).MatchString(body) {
					t.Errorf("%s: %q is no list in %s", path, list, body)
				}
			}
			res, body := fetch(t, g.request("POST", "/pair", `{"code":"7KQ2M9XF","device":{"name":"Phone"}}`))
			if found := null.FindString(body); res.StatusCode != 200 || found != "" {
				t.Errorf("/pair: status %d, %s in %s", res.StatusCode, found, body)
			}
		})
	}
}
