package tunnel

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/assets"
	"modelbeam/cmd/e2e/readme"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
	"modelbeam/tunnel/fault"
)

func reference(t *testing.T) *readme.Page { return readme.Open(t, "README.md") }

// TestRoutesAreDocumented holds that every path is in the manual, with its methods, who may ask,
// which query fields count, and whether a guest's request is spent. The page's files are not.
func TestRoutesAreDocumented(t *testing.T) {
	g := new(Gateway)
	g.Handler()
	page := reference(t)
	answered, forwarded := page.Table(t, "What the gateway answers itself"), page.Table(t, "What goes on to a server")
	var ours, servers, always []string
	for path, rt := range g.routes {
		switch {
		case isPageFile(path):
			continue
		case rt.dialect == 0:
			ours = append(ours, path)
			compareRow(t, path, answered[path], map[string]string{"methods": listed(rt.methods), "query": listed(rt.query), "who may": whoMay(rt)})
		default:
			servers = append(servers, path)
			compareRow(t, path, forwarded[path], map[string]string{
				"methods": listed(rt.methods), "query": listed(rt.query), "a guest's pass": map[bool]string{true: "no", false: "yes"}[rt.free],
				"dialect": strings.TrimSuffix(rt.dialect.String(), "'s API"),
			})
		}
		if rt.always {
			always = append(always, path)
		}
	}
	readme.Compare(t, "paths that the gateway answers", answered, ours)
	readme.Compare(t, "paths that are forwarded", forwarded, servers)
	if slices.Sort(always); !slices.Equal(always, []string{"/", "/healthz", "/proof"}) {
		t.Errorf("while sharing is paused these answer: %q", always)
	}
}

func compareRow(t *testing.T, path string, row readme.Row, want map[string]string) {
	t.Helper()
	for column, is := range want {
		if row[column] != is {
			t.Errorf("%s: the manual says %q for %s, but it is %q", path, row[column], column, is)
		}
	}
}

// listed is how the manual lists words.
func listed(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

func whoMay(rt *route) string {
	switch {
	case rt.path == pairPath, rt.path == redeemPath:
		return "a code"
	case rt.public:
		return "anybody"
	}
	return "a key"
}

func isPageFile(path string) bool {
	info, err := fs.Stat(assets.Connect, strings.TrimPrefix(path, "/"))
	return err == nil && !info.IsDir() || strings.HasPrefix(path, "/translations/")
}

// TestCodesAreDocumented holds that every code of an error is in the manual, with its status.
func TestCodesAreDocumented(t *testing.T) {
	rows := reference(t).Table(t, "Codes")
	var codes []string
	for code, meaning := range fault.Codes {
		codes = append(codes, string(code))
		if got := rows[string(code)]["status"]; !strings.HasPrefix(got, fmt.Sprint(meaning.Status)) {
			t.Errorf("%s comes with %d, and the manual says %q", code, meaning.Status, got)
		}
	}
	readme.Compare(t, "codes of errors", rows, codes)
}

// TestErrorsAreShapedAsDocumented makes the error of the manual's examples in each dialect.
func TestErrorsAreShapedAsDocumented(t *testing.T) {
	server := upstream(t, "all", dialect.OpenAI|dialect.Ollama|dialect.Anthropic, jsonAnswer("{}"), "tiny")
	r := newRig(t, func(g *Gateway) { g.Name = "laptop" }, server)
	for i, path := range []string{"/v1/chat/completions", "/api/chat", "/v1/messages"} {
		want := reference(t).Examples(t, "Errors")[i]
		if _, got := fetch(t, r.request("POST", path, chat("none"))); strings.TrimSpace(got) != want {
			t.Errorf("%s answers\n%s and the manual has\n%s", path, got, want)
		}
	}
}

// TestAnswersAreDocumented compares our own answers, with all that may be in them, with the tables
// of their fields.
func TestAnswersAreDocumented(t *testing.T) {
	guest := Device{ID: "g1", Name: "Guest", Pass: &catalog.Pass{
		Until: time.Now().Add(time.Hour), Models: []string{"tiny"}, Requests: 3,
	}}
	r := newRig(t, func(g *Gateway) {
		g.Local = func() string { return "http://modelbeam-1a2b.local:8717" }
		g.URLs = func() []string { return []string{"http://192.168.1.20:8717"} }
		g.Pair = func(context.Context, PairRequest) (Paired, error) { return Paired{Key: testKey, Device: guest}, nil }
	}, upstream(t, "a", dialect.OpenAI, jsonAnswer("{}"), "tiny"))
	r.keys.set(testKey, guest)
	page := reference(t)
	for _, tt := range []struct {
		heading, method, path, body string
		whole                       []string // what is documented as one
	}{
		{"POST /pair", http.MethodPost, "/pair", `{"code":"7KQ2-M9XF"}`, []string{"device", "guest"}},
		{"GET /device", http.MethodGet, "/device", "", []string{"device"}},
		{"GET /readiness", http.MethodGet, "/readiness?model=tiny", "", nil},
		{"GET /apps", http.MethodGet, "/apps", "", nil},
	} {
		_, body := fetch(t, r.request(tt.method, tt.path, tt.body))
		readme.Compare(t, tt.heading, page.Table(t, tt.heading), keysIn(t, body, tt.whole...))
	}
	_, body := fetch(t, r.request(http.MethodGet, "/healthz", ""))
	if got, want := keysIn(t, body), keysIn(t, page.Example(t, "GET /healthz")); !slices.Equal(got, want) {
		t.Errorf("/healthz has the fields %q, and the manual %q", got, want)
	}
}

// TestKeysAreTakenAsDocumented sends a key in each of the ways that the manual has.
func TestKeysAreTakenAsDocumented(t *testing.T) {
	r := newRig(t, nil)
	const any = "X-Any-Other"
	ways := map[string]func(*http.Request){
		"/t/<key>/...":   func(req *http.Request) { req.URL.Path = "/t/" + testKey + req.URL.Path },
		"Authorization:": func(req *http.Request) { req.Header.Set("Authorization", "Bearer "+testKey) },
		"x-api-key:":     func(req *http.Request) { req.Header.Set("x-api-key", testKey) },
		"api-key:":       func(req *http.Request) { req.Header.Set("api-key", testKey) },
		any + ":":        func(req *http.Request) { req.Header.Set(any, testKey) },
		"?key=<key>": func(req *http.Request) {
			req.URL.RawQuery = "key=" + testKey
			req.Header.Set("Accept", "text/event-stream")
		},
		"Sec-WebSocket-Protocol:": func(req *http.Request) {
			req.Header.Set("Upgrade", "websocket")
			req.Header.Set("Sec-WebSocket-Protocol", "openai-insecure-api-key."+testKey)
		},
	}
	for name, send := range ways {
		req := r.request(http.MethodGet, "/device", "", "Authorization", "")
		send(req)
		if res, body := fetch(t, req); res.StatusCode != http.StatusOK {
			t.Errorf("a key as %s gets %d: %s", name, res.StatusCode, body)
		}
	}
	readme.Compare(t, "ways to send a key", reference(t).Table(t, "Keys"), slices.Collect(maps.Keys(ways)))
}

// TestOurFieldsAreDocumented looks for what is ours in the lists of models, each at its place.
func TestOurFieldsAreDocumented(t *testing.T) {
	server := upstream(t, "a", dialect.OpenAI, jsonAnswer("{}"), "tiny")
	server.Models[0].Cloud, server.Models[0].Abilities = "example.org", catalog.Abilities{Known: true, Vision: true}
	loading := upstream(t, "b", dialect.OpenAI, jsonAnswer("{}"))
	loading.Loading = true
	r := newRig(t, nil, server, loading)
	_, models := fetch(t, r.request(http.MethodGet, "/v1/models", ""))
	_, tags := fetch(t, r.request(http.MethodGet, "/api/tags", ""))
	rows := reference(t).Table(t, "Our own headers and fields")
	readme.Compare(t, "what is ours", rows, []string{
		streamHeader, "Retry-After", "X-Should-Retry", "capabilities", "remote_host", "loading", "source",
	})
	for name, row := range rows {
		inModels, inTags := strings.Contains(models, `"`+name+`":`), strings.Contains(tags, `"`+name+`":`)
		if inModels != strings.Contains(row["where"], "/v1/models") || inTags != strings.Contains(row["where"], "/api/tags") {
			t.Errorf("%s is in /v1/models: %v, in /api/tags: %v; the manual says %q", name, inModels, inTags, row["where"])
		}
	}
}

// keysIn are the names of all members of a JSON object, as "apps[].name", in order.
func keysIn(t *testing.T, text string, whole ...string) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	found := make(map[string]bool)
	var visit func(v any, path string)
	visit = func(v any, path string) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				visit(element, path+"[]")
			}
		case map[string]any:
			for name, member := range v {
				at := strings.TrimPrefix(path+"."+name, ".")
				if found[at] = true; !slices.Contains(whole, at) {
					visit(member, at)
				}
			}
		}
	}
	visit(v, "")
	return slices.Sorted(maps.Keys(found))
}

// TestLimitsAreDocumented is about the one limit that people meet.
func TestLimitsAreDocumented(t *testing.T) {
	want := fmt.Sprintf("| A request's body | %d MiB,", DefaultMaxBody>>20)
	if !strings.Contains(reference(t).Text(t, "Limits"), want) {
		t.Errorf("the manual has no %q", want)
	}
}
