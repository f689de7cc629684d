package llm

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// FuzzServer lets a server that says the same to every question be looked at: whatever that is,
// nothing of it makes the look fail, and what comes out is bounded.
func FuzzServer(f *testing.F) {
	for _, body := range []string{
		"Ollama is running", "", "{", "null", "[]", `{"object":"list","data":[{"id":"tiny","object":"model","owned_by":"llamacpp"}]}`,
		`{"object":"list","data":null}`, `{"data":[{"id":""}]}`, `{"data":[null],"object":"list"}`,
		`{"models":[{"name":"tiny","details":{"families":null},"remote_host":"://"}]}`, `{"models":[null]}`, `{"models":null}`,
		`{"error":{"message":"Loading model"}}`, `{"capabilities":{"vision":1},"model_info":{"a.context_length":1e999}}`,
		`{"result":"KoboldCpp","version":1,"protected":true}`, "\xff\xfe{\x00",
	} {
		f.Add(http.StatusOK, "llama.cpp", []byte(body))
		f.Add(http.StatusServiceUnavailable, "ConcedoLlama/1", []byte(body))
		f.Add(http.StatusUnauthorized, "", []byte(body))
	}
	kinds := table()
	f.Fuzz(func(t *testing.T, status int, name string, body []byte) {
		if status < 200 || status > 599 {
			t.Skip("net/http does not pass these on")
		}
		v := &visit{client: &http.Client{Transport: sayAlways{status, name, body}}, base: baseURL(endpoints(kinds, nil)[0]), patience: scanPatience}
		found, ok := identify(t.Context(), v, kinds)
		if ok && (found.Kind == "" || found.Name == "" || len(found.Models) > maxModels) {
			t.Errorf("found %q called %q with %d models", found.Kind, found.Name, len(found.Models))
		}
		for _, m := range found.Models {
			if m.Context < 0 {
				t.Errorf("the context of %q is %d", m.ID, m.Context)
			}
		}
	})
}

// sayAlways answers every question in the same way.
type sayAlways struct {
	status int
	server string
	body   []byte
}

func (s sayAlways) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	w := httptest.NewRecorder()
	w.Header().Set("Server", s.server)
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body)
	return w.Result(), nil
}

// FuzzLists reads lists of models of both dialects: each model has a name, there are no more of them than
// count, and no number is below zero.
func FuzzLists(f *testing.F) {
	for _, body := range []string{
		`{"object":"list","data":[{"id":"a","object":"model","meta":{"n_ctx_train":-1,"size":-1}}]}`, `{"object":"list"}`,
		`{"data":[{"id":"a","object":"model","capabilities":{"vision":true},"input_modalities":["image"],"max_model_len":"x"}]}`,
		`{"models":[{"name":"a","modified_at":"2026-01-01T00:00:00+01:00","remote_host":"https://ollama.com:443"}]}`,
		`{"models":[{"name":"a:b-cloud","size":1e30},null,{"name":""}]}`, `{"models":[]}{`, `[]`, `null`, ``,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := answer{status: http.StatusOK, body: body}
		var models []Model
		list, _ := decodeOpenAI(a)
		for _, m := range list {
			models = append(models, m.model())
		}
		tags, _ := ollamaList(a)
		for _, m := range tags {
			models = append(models, m.model())
		}
		if len(list) > maxModels || len(tags) > maxModels {
			t.Errorf("%d and %d models", len(list), len(tags))
		}
		for _, m := range models {
			if m.ID == "" || m.Context < 0 || m.Size < 0 {
				t.Errorf("%q has %d bytes and a context of %d", m.ID, m.Size, m.Context)
			}
		}
	})
}
