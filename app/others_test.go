package app

import (
	"log/slog"
	"net/url"
	"reflect"
	"testing"

	"modelbeam/app/settings"
	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/llm"
)

func foundAt(kind, host, user string, models ...string) llm.Server {
	s := llm.Server{Kind: kind, Name: kind, User: user, URL: &url.URL{Scheme: "http", Host: host}, Dialects: llm.OpenAI}
	for _, m := range models {
		s.Models = append(s.Models, llm.Model{ID: m})
	}
	return s
}

// TestServersOfOtherPeople: they are shown, and shared only when the person says so.
func TestServersOfOtherPeople(t *testing.T) {
	dir := t.TempDir()
	r := start(t, Options{StateDir: dir, Demo: "auto"})
	r.servers.scanned([]llm.Server{foundAt("vllm", "127.0.0.1:8000", "mallory", "tiny")})
	server := func(s State) (Server, bool) {
		for _, srv := range s.Servers {
			if srv.Kind == "vllm" {
				return srv, true
			}
		}
		return Server{}, false
	}
	s := r.await("it is shown", func(s State) bool { _, ok := server(s); return ok })
	srv, _ := server(s)
	if srv.User != "mallory" || !srv.Hidden || srv.ID == "vllm" {
		t.Errorf("it is %+v", srv)
	}
	if len(s.Hints) == 0 || s.Hints[0].Kind != kindOtherUser {
		t.Errorf("the hints are %+v", s.Hints)
	}
	await.True(t, "the gateway has the demo alone", func() bool {
		all, _ := gatewayServers(r.shared.wanted(), nil)
		return len(all) == 1 && all[0].ID == KindDemo
	})
	r.HideServer(srv.ID, false)
	r.await("it is shared", func(s State) bool { srv, _ := server(s); return !srv.Hidden && s.Models() == 1 })
	await.True(t, "it is remembered", func() bool {
		kept, err := readSettings(dir)
		return err == nil && len(kept.Shared) == 1
	})
	r.servers.scanned([]llm.Server{foundAt("vllm", "127.0.0.1:8000", "trudy", "tiny")})
	r.await("who has the address next is not shared", func(s State) bool { srv, ok := server(s); return ok && srv.User == "trudy" && srv.Hidden })
	r.servers.scanned([]llm.Server{foundAt("vllm", "127.0.0.1:8000", "mallory", "tiny")})
	r.await("it is still shared", func(s State) bool { srv, ok := server(s); return ok && srv.User == "mallory" && !srv.Hidden })
	r.HideServer(srv.ID, true)
	r.await("it is not shared any more", func(s State) bool { srv, _ := server(s); return srv.Hidden })
}

// TestKeysBelongToAddresses: a key is not for whoever claims to be of a kind.
func TestKeysBelongToAddresses(t *testing.T) {
	first, second := foundAt("vllm", "127.0.0.1:8000", ""), foundAt("vllm", "127.0.0.1:23456", "")
	stranger := foundAt("vllm", "127.0.0.1:7777", "mallory")
	for _, tt := range []struct {
		name string
		keys map[string]string
		want map[string]string // by host
	}{
		{"by kind", map[string]string{"vllm": "k"}, map[string]string{first.URL.Host: "k"}},
		{"by ID", map[string]string{"vllm-2": "k"}, map[string]string{second.URL.Host: "k"}},
		{"by address", map[string]string{"127.0.0.1:23456": "k"}, map[string]string{second.URL.Host: "k"}},
		{"by URL", map[string]string{"http://127.0.0.1:8000": "k"}, map[string]string{first.URL.Host: "k"}},
		{"the stranger's by address", map[string]string{"127.0.0.1:7777": "k"}, map[string]string{stranger.URL.Host: "k"}},
	} {
		for _, order := range [][]llm.Server{{stranger, first, second}, {first, second, stranger}} {
			s := newServers(Options{ServerKeys: tt.keys}, nil, slog.New(slog.DiscardHandler), func() {})
			got := map[string]string{}
			for _, f := range order {
				if key := s.keyOfFound(f); key != "" {
					got[f.URL.Host] = key
				}
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
	}
	remembered := map[string]string{first.URL.String(): "vllm"}
	impostor := foundAt("vllm", first.URL.Host, "mallory")
	for _, name := range []string{"vllm", "vllm-2"} {
		s := newServers(Options{ServerKeys: map[string]string{name: "k"}}, remembered, slog.New(slog.DiscardHandler), func() {})
		if key := s.keyOfFound(impostor); key != "" {
			t.Errorf("the key of %s is for whoever has the address while ours is not running", name)
		}
	}
	s := newServers(Options{ServerKeys: map[string]string{"vllm": "k"}}, nil, slog.New(slog.DiscardHandler), func() {})
	if s.keyOfNamed(first) != "k" || s.keyOfNamed(second) != "" || s.keyOfNamed(first) != "k" {
		t.Error("of servers added by hand the first of the kind gets the key, and no other")
	}
}

// TestFrontsAreNoDoubles: a model that a server passes on from another one is one model.
func TestFrontsAreNoDoubles(t *testing.T) {
	front := foundAt("olla", "127.0.0.1:40114", "", "tiny", "far")
	front.Quirks.Fronts = true
	all := []listing{}
	for _, f := range []llm.Server{front, foundAt("ollama", "127.0.0.1:11434", "", "tiny")} {
		all = append(all, listing{Server: Server{Kind: f.Kind, Models: modelNames(f), Online: true}, llm: f})
	}
	withoutDoubles(all)
	if got := all[0].Models; !reflect.DeepEqual(got, []string{"far"}) {
		t.Errorf("the front has %q, want what nobody else has", got)
	}
	all[1].Hidden = true
	all[0].Models = []string{"tiny", "far"}
	if withoutDoubles(all); len(all[0].Models) != 2 {
		t.Error("what is hidden elsewhere is missing here")
	}
}

// TestByHandAndFound: a server that was added by hand is not listed once more because it was found.
func TestByHandAndFound(t *testing.T) {
	for address, once := range map[string]bool{
		"http://127.0.0.1:11434": true, "http://localhost:11434": true, "http://LocalHost:11434/v1": true,
		"http://localhost:8000": false, "http://192.168.1.7:11434": false,
	} {
		u, err := settings.ParseServerURL(address)
		if err != nil {
			t.Fatal(err)
		}
		s := newServers(Options{Servers: []*url.URL{u}, Demo: "off"}, nil, slog.New(slog.DiscardHandler), func() {})
		s.scanned([]llm.Server{foundAt("ollama", "127.0.0.1:11434", "", "tiny")})
		if n := len(s.list(nil)); (n == 1) != once {
			t.Errorf("%s by hand: %d servers", address, n)
		}
	}
}
