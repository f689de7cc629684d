package tunnel

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

// hanging is a server that takes requests, says word and then nothing, as a stopped process does.
func hanging(word string) (h http.HandlerFunc, asked <-chan struct{}) {
	got := make(chan struct{}, 10)
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if word != "" {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, word)
			flush(w)
		}
		got <- struct{}{}
		<-r.Context().Done()
	}, got
}

// TestHangingServerIsLeft holds that a request which waits for a server that has left the catalog goes
// to another one that has its model, in the words that that one needs.
func TestHangingServerIsLeft(t *testing.T) {
	const answer = `{"choices":[{"message":{"content":"from the second"}}]}`
	tests := []struct {
		name, path string
		first      dialect.Dialect
		second     dialect.Dialect
		stop       bool // the first one is asked without a stream
		large      bool
	}{
		{"as it is", "/v1/chat/completions", dialect.OpenAI, dialect.OpenAI, false, false},
		{"as it is, with a photo", "/v1/chat/completions", dialect.OpenAI, dialect.OpenAI, false, true},
		{"embeddings", "/v1/embeddings", dialect.OpenAI, dialect.OpenAI, false, false},
		{"translated for the second", "/api/chat", dialect.Ollama, dialect.OpenAI, false, false},
		{"translated for the first", "/api/chat", dialect.OpenAI, dialect.Ollama, false, false},
		{"without streams", "/v1/chat/completions", dialect.OpenAI, dialect.OpenAI, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, asked := hanging("")
			first := upstream(t, "first", tt.first, h, "tiny")
			first.Quirks.NoStream = tt.stop
			rec := &recorder{}
			second := upstream(t, "second", tt.second, func(w http.ResponseWriter, r *http.Request) {
				rec.ServeHTTP(deaf{w}, r)
				jsonAnswer(answer)(w, r)
			}, "tiny")
			g := newRig(t, nil, first, second)
			go func() {
				<-asked
				g.SetServers([]catalog.Server{second})
			}()
			request := chat("tiny")
			if tt.large {
				request = strings.Replace(request, `"hi"`, `"hi","photo":"`+strings.Repeat("photo ", smallBody)+`"`, 1)
			}
			res, body := fetch(t, g.request("POST", tt.path, request))
			if res.StatusCode != 200 || !strings.Contains(body, "from the second") || rec.count() != 1 {
				t.Fatalf("status %d %s, the second server was asked %d times", res.StatusCode, body, rec.count())
			}
			if _, sent := rec.last(t); !strings.Contains(sent, `"hi"`) || bodyModel(t, sent) != "tiny" {
				t.Errorf("the second server got %s", sent)
			}
			if x := g.seen.ended(t, 1); x.Server != "second" || x.Status != 200 {
				t.Errorf("Observe got %+v", x)
			}
		})
	}
}

// deaf is a ResponseWriter that keeps its header and body to itself.
type deaf struct{ http.ResponseWriter }

func (deaf) Header() http.Header         { return http.Header{} }
func (deaf) Write(p []byte) (int, error) { return len(p), nil }

// TestServerIsNotLeft holds when a request stays with a server that has left the catalog.
func TestServerIsNotLeft(t *testing.T) {
	tests := []struct {
		name, word, body string
		others           []string // the models of the second server
	}{
		{"it has begun to answer", "data: {}\n\n", chat("tiny"), []string{"tiny"}},
		{"nobody else has the model", "", chat("tiny"), []string{"other"}},
		{"it was asked for by name", "", chat("tiny@first"), []string{"tiny"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, asked := hanging(tt.word)
			first := upstream(t, "first", dialect.OpenAI, h, "tiny")
			rec := &recorder{}
			second := upstream(t, "second", dialect.OpenAI, rec.ServeHTTP, tt.others...)
			g := newRig(t, nil, first, second)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				res, err := client.Do(g.request("POST", "/v1/chat/completions", tt.body).WithContext(ctx))
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
				ended <- err
			}()
			<-asked
			if tt.word != "" {
				await.True(t, "the answer to begin", func() bool {
					all := g.Running()
					return len(all) == 1 && all[0].Bytes > 0
				})
			}
			g.SetServers([]catalog.Server{second})
			cancel()
			<-ended
			if x := g.seen.ended(t, 1); x.Server != "first" || x.Status != fault.StatusClientGone || rec.count() != 0 {
				t.Errorf("Observe got %+v, the second server was asked %d times", x, rec.count())
			}
		})
	}
}

// TestServerThatLeftBeforeItWasAsked has the catalog change between the choice and the question.
func TestServerThatLeftBeforeItWasAsked(t *testing.T) {
	h, _ := hanging("")
	first, second := upstream(t, "first", dialect.OpenAI, h, "tiny"), upstream(t, "second", dialect.OpenAI, jsonAnswer("{}"), "tiny")
	var g *rig
	g = newRig(t, func(gw *Gateway) {
		gw.Observe = func(x Exchange) {
			if !x.Ended {
				g.SetServers([]catalog.Server{second})
			}
		}
	}, first, second)
	if res, body := fetch(t, g.request("POST", "/v1/embeddings", chat("tiny"))); res.StatusCode != 200 {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}
