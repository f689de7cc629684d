package tunnel

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"modelbeam/tunnel/body"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// gullible is a server that looks for its model in as many ways as there are servers: the first and
// the last member of that name in any case of letters, query, forms and fields for further models.
// It notes every model that it would have used for a request that arrived whole.
type gullible struct {
	mu   sync.Mutex
	used []string
}

func (s *gullible) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	models := append(r.URL.Query()["model"], r.URL.Query()["Model"]...)
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return // half a request is none
	}
	models = append(models, jsonModels(text)...)
	if boundary, _ := body.Boundary(r.Header.Get("Content-Type")); boundary != "" {
		if form, err := multipart.NewReader(strings.NewReader(string(text)), boundary).ReadForm(1 << 20); err == nil {
			models = append(models, form.Value["model"]...)
		}
	}
	if len(models) == 0 && r.Method == http.MethodPost {
		models = append(models, "the default")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = append(s.used, models...)
	_, _ = io.WriteString(w, "{}")
}

// jsonModels reads as no strict parser does: a backslash in front of any letter is dropped.
func jsonModels(text []byte) []string {
	members, _ := membersOf(lazyEscape.ReplaceAllString(string(text), "$1"))
	var models []string
	for _, m := range members {
		var name string
		switch strings.ToLower(m.name) {
		case "model", "name", "draft_model":
			_ = json.Unmarshal([]byte(m.value), &name)
			models = append(models, name)
		case "models", "model\u017f", "fallbacks":
			models = append(models, m.value)
		case "extra_body":
			models = append(models, jsonModels([]byte(m.value))...)
		}
	}
	return models
}

var lazyEscape = regexp.MustCompile(`\\([^"\\/bfnrtu])`)

type member struct{ name, value string }

// membersOf lists the members of a JSON object, also those that come twice.
func membersOf(text string) ([]member, bool) {
	d := json.NewDecoder(strings.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, false
	}
	var all []member
	for d.More() {
		name, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, false
		}
		all = append(all, member{name.(string), string(value)})
	}
	return all, true
}

// attack is a request that shall get a guest to a model that the pass is not for.
type attack struct {
	name, method, path, body string
	headers                  []string
}

func attacks() []attack {
	photo := strings.Repeat("QUJD", 1<<17)
	late := func(rest string) string { return `{"model":"tiny","x":"` + photo + `",` + rest + `}` }
	form := func(parts string) string {
		return "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ntiny\r\n" + parts + "--B--\r\n"
	}
	second := "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nlocked\r\n"
	file := "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + photo + "\r\n"
	isForm := []string{"Content-Type", "multipart/form-data; boundary=B"}
	var all []attack
	for name, body := range map[string]string{
		"plain": `{"model":"locked"}`, "on a server": `{"model":"locked@ollama"}`, "latest": `{"model":"locked:latest"}`,
		"the whole name": `{"model":"registry.ollama.ai/library/locked:latest"}`, "in capitals": `{"model":"LOCKED"}`,
		"twice": `{"model":"tiny","model":"locked"}`, "twice, the other way": `{"model":"locked","model":"tiny"}`,
		"another case": `{"model":"tiny","Model":"locked"}`, "only another case": `{"MODEL":"locked"}`,
		"escaped": `{"model":"tiny","\u006dodel":"locked"}`, "behind the object": `{"model":"tiny"}{"model":"locked"}`,
		"none": `{}`, "empty": ``, "null": `{"model":null}`, "no text": `{"model":""}`, "no string": `{"model":["locked"]}`,
		"draft": `{"model":"tiny","draft_model":"locked"}`, "fallbacks": `{"model":"tiny","fallbacks":["locked"]}`,
		"models": `{"model":"tiny","models":["locked"]}`, "extra": `{"model":"tiny","extra_body":{"model":"locked"}}`,
		"late": late(`"model":"locked"`), "late, another case": late(`"mODEL":"locked"`), "late draft": late(`"draft_model":"locked"`),
		"late, only one": `{"x":"` + photo + `","model":"locked"}`, "late, none": `{"x":"` + photo + `"}`,
		"lazy escape": `{"model":"tiny","mod\el":"locked"}`, "lazy escape, late": late(`"mod\el":"locked"`),
		"lazy draft": `{"model":"tiny","draft\_model":"locked"}`, "lazy fallbacks": `{"model":"tiny","fallbac\ks":["locked"]}`,
		"long s": `{"model":"tiny","model\u017f":["locked"]}`, "nested": `{"model":"tiny","extra_body":{"extra_body":{"model":"locked"}}}`,
		"null, then one": `{"model":null,"model":"locked"}`, "empty, then one": `{"model":"","Model":"locked"}`,
		"cut": `{"model":"tiny","x":[`, "late, cut": late(`"model"`),
		"late, behind": late(`"y":1`) + `{"model":"locked"}`,
	} {
		for _, path := range []string{"/v1/chat/completions", "/api/chat"} {
			all = append(all, attack{name, "POST", path, body, nil})
		}
	}
	utf16 := "\xff\xfe" + strings.Join(strings.Split(`{"model":"locked"}`, ""), "\x00") + "\x00"
	return append(
		all,
		attack{"UTF-16", "POST", "/v1/chat/completions", utf16, nil},
		attack{"UTF-7", "POST", "/v1/chat/completions", `{"model":"tiny","+AG0-odel":"locked"}`, []string{"Content-Type", "application/json; charset=utf-7"}},
		attack{"two names", "POST", "/api/show", `{"model":"tiny","name":"locked"}`, nil},
		attack{"the old name", "POST", "/api/show", `{"name":"locked"}`, nil},
		attack{"query beside the body", "POST", "/v1/chat/completions?model=locked", `{"model":"tiny"}`, nil},
		attack{"query, twice", "GET", "/v1/audio/voices?model=tiny&model=locked", "", nil},
		attack{"query, another case", "GET", "/v1/audio/voices?model=tiny&Model=locked", "", nil},
		attack{"body of a GET", "GET", "/v1/audio/voices?model=locked", `{"model":"tiny"}`, nil},
		attack{"WebSocket", "GET", "/v1/realtime?model=tiny", "", []string{"Connection", "Upgrade", "Upgrade", "websocket"}},
		attack{"compressed", "POST", "/v1/chat/completions", `{"model":"tiny"}`, []string{"Content-Encoding", "deflate"}},
		attack{"form in JSON's clothes", "POST", "/v1/audio/transcriptions", form(second), nil},
		attack{"form, twice", "POST", "/v1/audio/transcriptions", form(second), isForm},
		attack{"form, late", "POST", "/v1/audio/transcriptions", form(file + second), isForm},
		attack{"form, none", "POST", "/v1/audio/transcriptions", file + "--B--\r\n", isForm},
		attack{"form, two boundaries", "POST", "/v1/audio/transcriptions", form(second), []string{"Content-Type", "multipart/form-data; boundary=B; boundary=C"}},
		attack{"form, urlencoded", "POST", "/v1/audio/transcriptions", `{"model":"tiny","x":"&model=locked&"}`, []string{"Content-Type", "application/x-www-form-urlencoded"}},
	)
}

// TestGuestCannotReachOtherModels sends everything that a guest with the key of a pass may think of,
// to servers that the same trick would get to a model of which nobody shall know, too.
func TestGuestCannotReachOtherModels(t *testing.T) {
	server := &gullible{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI|dialect.Ollama, server.ServeHTTP, "tiny", "locked"))
	guestOf(g, catalog.Pass{Models: []string{"tiny"}})
	for _, a := range attacks() {
		req := g.request(a.method, a.path, a.body, a.headers...)
		res, err := client.Do(req)
		if err != nil {
			t.Errorf("%s %s: %v", a.name, a.path, err)
			continue
		}
		res.Body.Close()
		server.mu.Lock()
		for _, model := range server.used {
			if model != "tiny" {
				t.Errorf("%s %s: status %d, and the server used %q", a.name, a.path, res.StatusCode, model)
			}
		}
		harmless := a.name == "query beside the body" || a.name == "query, another case" || a.name == "UTF-7" || a.name == "form, urlencoded"
		if len(server.used) == 0 && (res.StatusCode < 400 || res.StatusCode > 499) || len(server.used) > 0 != harmless {
			t.Errorf("%s %s: status %d, the server used %q", a.name, a.path, res.StatusCode, server.used)
		}
		server.used = nil
		server.mu.Unlock()
	}
}

func TestAmbiguousBodyIsRefusedForEverybody(t *testing.T) {
	server := &gullible{}
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, server.ServeHTTP, "tiny"))
	photo := strings.Repeat("QUJD", 1<<17)
	for _, padding := range []string{"", photo} {
		for _, member := range []string{`"model":"hidden"`, `"Model":"hidden"`, `"models":["hidden"]`, `1`} {
			body := fmt.Sprintf(`{"model":"tiny","x":%q,%s}`, padding, member)
			res, answer := fetch(t, g.request("POST", "/v1/chat/completions", body, "Origin", "https://x.example"))
			if _, message := errorOf(t, answer); res.StatusCode != 400 && res.StatusCode != 403 || !strings.HasSuffix(message, ".") || res.Header.Get(allowOrigin) != "*" {
				t.Errorf("%d bytes, %s: status %d: %s", len(body), member, res.StatusCode, answer)
			}
		}
	}
	if len(server.used) > 0 {
		t.Errorf("the server used %q", server.used)
	}
}

// A server whose only model is hidden is asked for nothing, also not for its default.
func TestHiddenModelIsNoDefault(t *testing.T) {
	rec := &recorder{}
	g := newRig(t, nil, upstream(t, "llamacpp", dialect.OpenAI, rec.ServeHTTP))
	if res, _ := fetch(t, g.request("POST", "/v1/chat/completions", `{"messages":[]}`)); res.StatusCode != 404 || rec.count() > 0 {
		t.Errorf("status %d, %d requests reached the server", res.StatusCode, rec.count())
	}
}
