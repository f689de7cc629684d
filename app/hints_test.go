package app

import (
	"log/slog"
	"net/url"
	"path/filepath"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/llm"
)

func TestHints(t *testing.T) {
	hints := []llm.Hint{
		{Kind: "ollama", Name: "Ollama", Reason: llm.NotRunning, Start: []string{"/usr/bin/ollama", "serve"}},
		{Kind: "lmstudio", Name: "LM Studio", Reason: llm.ServerOff},
	}
	full := listing{Server: Server{Name: "vLLM", Online: true}, llm: llm.Server{Models: []llm.Model{{ID: "m"}}}}
	bare := listing{Server: Server{Name: "vLLM", Online: true}}
	away := listing{Server: Server{Name: "vLLM"}}
	demo := listing{Server: Server{Kind: KindDemo, Online: true}, llm: full.llm}
	for name, tt := range map[string]struct {
		all  []listing
		want []string
	}{
		"nothing":        {nil, []string{"ollama-not-running", "lmstudio-server-off"}},
		"the demo":       {[]listing{demo}, []string{"ollama-not-running", "lmstudio-server-off"}},
		"one away":       {[]listing{away}, []string{"ollama-not-running", "lmstudio-server-off"}},
		"one without":    {[]listing{bare}, []string{kindNoModel, "ollama-not-running", "lmstudio-server-off"}},
		"one with":       {[]listing{full}, nil},
		"with, and bare": {[]listing{full, bare}, []string{kindNoModel}},
	} {
		t.Run(name, func(t *testing.T) {
			got := (&servers{hints: hints}).hintsFor(tt.all)
			if len(got) != len(tt.want) {
				t.Fatalf("got %+v, want %v", got, tt.want)
			}
			for i, h := range got {
				if h.Kind != tt.want[i] || h.Text == "" {
					t.Errorf("got %+v, want %s", h, tt.want[i])
				}
				if h.Kind == "lmstudio-server-off" && h.Action != "" {
					t.Errorf("a button without a command: %+v", h)
				}
			}
		})
	}
}

func TestHelpStartsTheServer(t *testing.T) {
	r := start(t, Options{Demo: "on"})
	file := filepath.Join(t.TempDir(), "started")
	r.servers.hinted([]llm.Hint{{Kind: "ollama", Name: "Ollama", Reason: llm.NotRunning, Start: []string{"mkdir", file}}})
	r.Help("none")
	r.Help("ollama-not-running")
	await.True(t, "the command has run", func() bool {
		matches, _ := filepath.Glob(file)
		return len(matches) == 1
	})
	r.Help("ollama-not-running") // mkdir fails the second time
	s := r.await("told", func(s State) bool { return s.Problem != nil })
	if s.Problem.Kind != ProblemNotStarted {
		t.Errorf("told %+v", s.Problem)
	}
	r.Retry()
	r.await("the person has read it", func(s State) bool { return s.Problem == nil })
}

// TestServersByHandAreNotListedTwice adds by hand what the scanner finds too.
func TestServersByHandAreNotListedTwice(t *testing.T) {
	u := &url.URL{Scheme: "http", Host: "127.0.0.1:11434"}
	s := newServers(Options{Demo: "off"}, nil, slog.New(slog.DiscardHandler), func() {})
	s.add(u, func() string { return "" })
	s.found = []llm.Server{{Kind: "ollama", Name: "Ollama", URL: u}}
	if all := s.list(nil); len(all) != 1 || !all[0].Manual {
		t.Errorf("got %+v", all)
	}
}
