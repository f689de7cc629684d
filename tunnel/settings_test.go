package tunnel

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// TestDevicesDoNotSetTheMachine sends what loads, unloads or exhausts, and looks at what arrives.
func TestDevicesDoNotSetTheMachine(t *testing.T) {
	rec := &recorder{}
	s := upstream(t, "ollama", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, rec.ServeHTTP, "tiny", "unknown")
	s.Models[0].Context = 4096
	g := newRig(t, nil, s)
	for sent, want := range map[string]string{
		`"keep_alive":0`:                     ``,
		`"keep_alive":-1`:                    ``,
		`"keep_alive":"-1"`:                  ``,
		`"keep_alive":"0s"`:                  ``,
		`"keep_alive":0.9`:                   ``,
		`"keep_alive":"1ms"`:                 ``,
		`"keep_alive":59`:                    ``,
		`"keep_alive":"-5m"`:                 ``,
		`"keep_alive":null`:                  ``,
		`"keep_alive":["5m"]`:                ``,
		`"keep_alive":"for ever"`:            ``,
		`"Keep_Alive":0`:                     ``,
		`"\u212aeep_alive":0`:                ``,
		`"keep_alive":"5m"`:                  `"keep_alive":"5m"`,
		`"keep_alive":300`:                   `"keep_alive":300`,
		`"keep_alive":"30m"`:                 `"keep_alive":"30m"`,
		`"keep_alive":"24h"`:                 `"keep_alive":"30m0s"`,
		`"keep_alive":1e300`:                 `"keep_alive":1800`,
		`"ttl":1`:                            ``,
		`"ttl":999999`:                       `"ttl":1800`,
		`"options":{"num_ctx":100000000}`:    `"options":{"num_ctx":4096}`,
		`"options":{"num_ctx":2048}`:         `"options":{"num_ctx":2048}`,
		`"options":{"num_ctx":0}`:            `"options":{}`,
		`"options":{"num_ctx":"99999"}`:      `"options":{"num_ctx":4096}`,
		`"num_ctx":99999`:                    `"num_ctx":4096`,
		`"options":{"num_gpu":0,"seed":1}`:   `"options":{"seed":1}`,
		`"options":{"seed":1,"numa":true}`:   `"options":{"seed":1}`,
		`"extra_body":{"keep_alive":-1}`:     `"extra_body":{}`,
		`"id_slot":3,"x":1`:                  `"x":1`,
		`"kv_transfer_params":{"host":"x"}`:  ``,
		`"lora":[{"id":0,"scale":1}]`:        ``,
		`"temperature":0.5,"stop":["ttl"]`:   `"temperature":0.5,"stop":["ttl"]`,
		`"metadata":{"keep_alive":0,"n":99}`: `"metadata":{"keep_alive":0,"n":99}`,
		`"options":{"use_mmap":false,"use_mlock":true,"num_thread":99,"main_gpu":1,"low_vram":true,"num_batch":9}`: `"options":{}`,
	} {
		for _, path := range []string{"/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings", "/api/chat", "/api/generate", "/api/embed"} {
			for _, padding := range []string{``, `,"photo":"` + strings.Repeat("QUJD", smallBody) + `"`} {
				body := `{"model":"tiny","prompt":"hi","messages":[{}]` + padding + `,` + sent + `}`
				wanted := `{"model":"tiny","prompt":"hi","messages":[{}]` + padding
				if want != "" {
					wanted += `,` + want
				}
				res, answer := fetch(t, g.request("POST", path, body))
				r, got := rec.last(t)
				if res.StatusCode != 200 || got != wanted+`}` || r.ContentLength != int64(len(got)) {
					t.Errorf("%s with %s: status %d, the server got ...%s, %d bytes: %s", path, sent, res.StatusCode, got[max(0, len(got)-80):], r.ContentLength, answer)
				}
			}
		}
	}
	for sent, want := range map[string]string{`{"num_ctx":32768}`: `{"num_ctx":32768}`, `{"num_ctx":32769}`: `{}`} {
		fetch(t, g.request("POST", "/api/chat", `{"model":"unknown","messages":[{}],"options":`+sent+`}`))
		if _, got := rec.last(t); !strings.HasSuffix(got, `"options":`+want+`}`) {
			t.Errorf("of a model with a context that is not known: %s", got)
		}
	}
}

// The first member of a body may be one that is dropped.
func TestModelIsNamedWhereASettingWas(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.Ollama, rec.ServeHTTP, "tiny"))
	for body, want := range map[string]string{
		`{"keep_alive":-1}`:                      `{"model":"tiny"}`,
		`{"keep_alive":-1,"prompt":"hi"}`:        `{"model":"tiny","prompt":"hi"}`,
		`{"ttl":1,"keep_alive":-1}`:              `{"model":"tiny"}`,
		`{"ttl":1,"prompt":"hi","keep_alive":1}`: `{"model":"tiny","prompt":"hi"}`,
		`{"keep_alive":-1,"model":null}`:         `{"model":"tiny"}`,
	} {
		res, answer := fetch(t, g.request("POST", "/api/generate", body))
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d: %s", body, res.StatusCode, answer)
		} else if _, got := rec.last(t); got != want {
			t.Errorf("%s: the server got %s, want %s", body, got, want)
		}
	}
}

func TestUnloadingReachesNoServer(t *testing.T) {
	rec := &recorder{}
	var spent int
	g := newRig(t, func(g *Gateway) { g.Spend = func(string, int) bool { spent++; return true } },
		upstream(t, "ollama", dialect.Ollama, rec.ServeHTTP, "tiny"), upstream(t, "studio", dialect.OpenAI, rec.ServeHTTP, "big"))
	guestOf(g, catalog.Pass{Requests: 9})
	for _, model := range []string{"tiny", "big"} {
		for _, path := range []string{"/api/generate", "/api/chat"} {
			for _, rest := range []string{
				`"keep_alive":0`, `"keep_alive":"0"`, `"keep_alive":"0s","prompt":"","stream":true`, `"messages":[],"keep_alive":0.5`, `"Keep_Alive":"0m"`,
			} {
				res, answer := fetch(t, g.request("POST", path, `{"model":"`+model+`",`+rest+`}`))
				var got struct {
					Model   string
					Done    bool
					Reason  string          `json:"done_reason"`
					Message json.RawMessage `json:"message"`
					Created string          `json:"created_at"`
				}
				err := json.Unmarshal([]byte(answer), &got)
				if err != nil || res.StatusCode != http.StatusOK || got.Model != model || !got.Done || got.Reason != "unload" || got.Created == "" ||
					(len(got.Message) > 0) != (path == "/api/chat") {
					t.Errorf("%s %s %s: status %d: %s", path, model, rest, res.StatusCode, answer)
				}
			}
		}
	}
	if rec.count() > 0 || spent > 0 {
		t.Errorf("%d reached the servers, %d were spent", rec.count(), spent)
	}
	if res, _ := fetch(t, g.request("POST", "/api/generate", `{"model":"tiny"}`)); res.StatusCode != 200 || rec.count() != 1 {
		t.Errorf("a warm-up: status %d, %d reached the server", res.StatusCode, rec.count())
	}
	if res, _ := fetch(t, g.request("POST", "/api/generate", `{"model":"gone","keep_alive":0}`)); res.StatusCode != 404 {
		t.Errorf("of a model that is not there: status %d", res.StatusCode)
	}
}
