package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// fake is an LLM server of a test's own, for what the real one does not do or not at will. To
// discovery it is llama.cpp: it says so in its Server header, and who owns its models.
type fake struct {
	*httptest.Server
	models []string
	inputs map[string][]string // what may be put into a model, where the list of models tells
	status func() string       // of each model, as a router's list tells; nil: it does not
}

// serveFake starts a server with these models. What is asked of a model goes to answer.
func serveFake(t *testing.T, answer http.HandlerFunc, models ...string) *fake {
	t.Helper()
	f := newFake(t, answer, models...)
	f.Start()
	return f
}

// newFake is serveFake for those who have a listener of their own.
func newFake(t *testing.T, answer http.HandlerFunc, models ...string) *fake {
	t.Helper()
	f := &fake{models: models}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", f.list)
	mux.HandleFunc("/v1/", answer)
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "llama.cpp")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		f.CloseClientConnections() // or Close waits for answers that have no end
		f.Close()
	})
	return f
}

func (f *fake) list(w http.ResponseWriter, _ *http.Request) {
	type architecture struct {
		Input []string `json:"input_modalities"`
	}
	type status struct {
		Value string `json:"value"`
	}
	type model struct {
		ID           string        `json:"id"`
		Object       string        `json:"object"`
		OwnedBy      string        `json:"owned_by"`
		Architecture *architecture `json:"architecture,omitempty"`
		Status       *status       `json:"status,omitempty"`
	}
	list := struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{Object: "list"}
	for _, id := range f.models {
		m := model{ID: id, Object: "model", OwnedBy: "llamacpp"}
		if inputs := f.inputs[id]; inputs != nil {
			m.Architecture = &architecture{inputs}
		}
		if f.status != nil {
			m.Status = &status{f.status()}
		}
		list.Data = append(list.Data, m)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list)
}

// events begins an answer that is a stream of server-sent events.
func events(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/event-stream") }

// tell sends a piece of text at once.
func tell(w http.ResponseWriter, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// babble sends the same piece again and again, as fast as a small model, until nobody listens.
func babble(w http.ResponseWriter, r *http.Request, piece string) {
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for tell(w, piece) == nil {
		select {
		case <-pace.C:
		case <-r.Context().Done():
			return
		}
	}
}

// chunk is a piece of a chat's answer in the OpenAI dialect.
func chunk(text string) string {
	quoted, _ := json.Marshal(text) // a string always can be
	return fmt.Sprintf(`data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",`+
		`"choices":[{"index":0,"delta":{"role":"assistant","content":%s}}]}`+"\n\n", quoted)
}
