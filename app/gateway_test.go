package app

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"
	"time"

	"modelbeam/discovery/llm"
	"modelbeam/tunnel/dialect"
)

// What discovery finds out must reach the gateway: nobody would miss a fact that is forgotten on
// the way.
func TestFactsReachTheGateway(t *testing.T) {
	var model llm.Model
	var server llm.Server
	for _, facts := range []any{&model, &server} {
		assert(t, facts)
	}
	server.Models, server.NeedsKey = []llm.Model{model}, false
	got, _ := gatewayServers([]listing{{Server: Server{Online: true}, llm: server}}, nil)
	if len(got) != 1 || len(got[0].Models) != 1 {
		t.Fatalf("got %+v", got)
	}
	same(t, server, got[0])
	same(t, model, got[0].Models[0])
}

// TestListsAreKept: where one server changes, the models of the others are not made anew, and what a person hides is
// left out at once.
func TestListsAreKept(t *testing.T) {
	list := func(ids ...string) (all []llm.Model) {
		for _, id := range ids {
			all = append(all, llm.Model{ID: id})
		}
		return all
	}
	all := []listing{
		{Server: Server{Online: true}, llm: llm.Server{Models: list("a", "b")}},
		{Server: Server{Online: true}, llm: llm.Server{Models: list("c")}},
		{Server: Server{Online: true}},
	}
	before, lists := gatewayServers(all, nil)
	all[1].llm.Models = list("c", "d")
	now, lists := gatewayServers(all, lists)
	if &now[0].Models[0] != &before[0].Models[0] {
		t.Error("models that stayed the same were made anew")
	}
	if len(now[1].Models) != 2 || len(now[2].Models) != 0 || len(lists) != 2 {
		t.Errorf("got %+v and %d lists", now, len(lists))
	}
	all[0].HiddenModels = []string{"a"}
	now, lists = gatewayServers(all, lists)
	if len(now[0].Models) != 1 || now[0].Models[0].ID != "b" || len(lists) != 1 {
		t.Errorf("with one hidden: %+v and %d lists", now[0].Models, len(lists))
	}
	all[0].HiddenModels = nil
	if now, _ = gatewayServers(all, lists); len(now[0].Models) != 2 {
		t.Errorf("when it is shown again: %+v", now[0].Models)
	}
}

// assert makes each simple fact one that is not zero.
func assert(t *testing.T, facts any) {
	t.Helper()
	for _, f := range reflect.ValueOf(facts).Elem().Fields() {
		switch {
		case !f.CanSet():
		case f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[time.Time]():
			assert(t, f.Addr().Interface())
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		case f.Kind() == reflect.String:
			f.SetString("fact")
		case f.CanInt():
			f.SetInt(7)
		}
	}
}

// same compares the facts that have the same name and type.
func same(t *testing.T, from, to any) {
	t.Helper()
	compared, known := 0, facts(reflect.ValueOf(from))
	for name, got := range facts(reflect.ValueOf(to)) {
		want, ok := known[name]
		if name == "Name" || name == "Models" || !ok || reflect.TypeOf(want) != reflect.TypeOf(got) {
			continue // the name is the one that the person reads
		}
		compared++
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s of %T is %v, want %v", name, to, got, want)
		}
	}
	if compared < 9 {
		t.Errorf("only %d facts of %T and %T have the same name", compared, from, to)
	}
}

// facts are the values of all fields of a struct by their names, those of the structs in it among them.
func facts(of reflect.Value) map[string]any {
	all := make(map[string]any)
	for field, value := range of.Fields() {
		switch {
		case !field.IsExported():
		case value.Kind() == reflect.Struct && value.Type() != reflect.TypeFor[time.Time]():
			maps.Copy(all, facts(value))
		default:
			all[field.Name] = value.Interface()
		}
	}
	return all
}

// TestServerThatWantsAKeyWhenItIsAsked lists its models to everybody.
func TestServerThatWantsAKeyWhenItIsAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/v1/models":
			_, _ = io.WriteString(w, `{"object":"list","data":[{"id":"tiny","object":"model"}]}`)
		case "/v1/chat/completions":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, Options{Demo: "off", Servers: []*url.URL{u}})
	r.await("its model", func(s State) bool { return len(s.Servers) == 1 && len(s.Servers[0].Models) == 1 })
	key := r.pairPhone("Phone")
	if status, body := r.do("POST", "/v1/chat/completions", key, `{"model":"tiny","messages":[]}`); status != http.StatusBadGateway {
		t.Errorf("status %d: %s", status, body)
	}
	r.await("told at the laptop", func(s State) bool { return s.Problem != nil && s.Problem.Kind == ProblemWantsKey })
}

// TestTrialOfOneThatLoads: a server that loads its model works, and does not have none.
func TestTrialOfOneThatLoads(t *testing.T) {
	for title, loading := range map[string]bool{"It works: {{.Name}} is loading its model.": true, "It works: {{.Name}} with {{.Count}} models.": false} {
		server := foundAt("llamacpp", "127.0.0.1:8080", "")
		server.Loading = loading
		if got := judge(server, nil); !got.OK || got.Title != title || got.Server.Loading != loading {
			t.Errorf("loading %v: %+v", loading, got)
		}
	}
}

// TestDialectsAreTheSame holds that a set of dialects means the same to discovery as to the gateway, so
// that one can be converted to the other.
func TestDialectsAreTheSame(t *testing.T) {
	for from, to := range map[llm.Dialect]dialect.Dialect{
		llm.OpenAI: dialect.OpenAI, llm.Ollama: dialect.Ollama, llm.Anthropic: dialect.Anthropic,
		llm.OpenAI | llm.Ollama | llm.Anthropic: dialect.Any,
	} {
		if dialect.Dialect(from) != to {
			t.Errorf("discovery's %d is not the gateway's %d", from, to)
		}
	}
}
