package story

import (
	"testing"

	"modelbeam/app"
	"modelbeam/app/download"
)

func TestSteps(t *testing.T) {
	ollama := app.Server{ID: "ollama", Kind: "ollama", Name: "Ollama", Online: true, Gets: true}
	with := func(srv app.Server, change func(*app.Server)) app.Server { change(&srv); return srv }
	full := with(ollama, func(s *app.Server) { s.Models = []string{"tiny"} })
	demo := app.Server{Kind: app.KindDemo, Name: "Demo", Models: []string{"modelbeam-demo"}, Online: true}
	asked := with(demo, func(s *app.Server) { s.Manual = true })
	jan := app.Server{ID: "jan", Name: "Jan", Online: true}
	studio := app.Server{ID: "lmstudio", Name: "LM Studio", Online: true, ModelsPage: "https://lmstudio.ai/models"}
	bens := app.Server{ID: "vllm-ben", Name: "vLLM", Online: true, User: "ben", Hidden: true, Models: []string{"big"}}
	stopped := app.Hint{Kind: "ollama-not-running", Name: "Ollama", Text: "{{.Name}} is installed but not running.", Action: "Start {{.Name}}"}
	foreign := app.Hint{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "off"}
	other := app.Hint{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "off", Action: "Start {{.Name}}"}
	running := app.Download{ID: "2", Phase: download.Downloading}
	done, failed := app.Download{ID: "1", Phase: download.Done}, app.Download{ID: "3", Phase: download.Failed}
	waiting := app.Download{ID: "4", Server: "ollama", Phase: download.Waiting, Failure: &download.Failure{Cause: download.ServerGone, Params: map[string]string{"Server": "Ollama"}}}
	cut := app.Download{ID: "5", Phase: download.Downloading, Failure: &download.Failure{Cause: download.Stalled}}
	paused := app.Download{ID: "6", Server: "ollama", Phase: download.Paused}
	far := app.Server{Name: "far", Manual: true}
	sharing := func(servers ...app.Server) app.State { return app.State{Phase: app.Sharing, Servers: servers} }
	hinted := func(s app.State, h ...app.Hint) app.State { s.Hints = h; return s }
	getting := func(s app.State, d ...app.Download) app.State { s.Downloads = d; return s }
	empty := app.State{Phase: app.Empty}
	phone := sharing(demo)
	phone.JustPaired = "iPhone"
	start := Step{Chapter: StartApp, Name: "Ollama", Help: "ollama-not-running", Text: stopped.Text, Action: stopped.Action}
	again := Step{Chapter: Coming, ID: "4", Failed: true, Name: "Ollama", Help: stopped.Kind, Action: stopped.Action}
	pausedAgain := again
	pausedAgain.ID = "6"
	moved := waiting
	moved.Server = "ollama-2"
	get := Step{Chapter: GetModel, Name: "Ollama", Gets: true}
	tests := []struct {
		name   string
		state  app.State
		trying bool
		want   Step
	}{
		{"at first", app.State{Phase: app.Searching}, false, Step{Chapter: Looking}},
		{"paused", app.State{Phase: app.Paused}, false, Step{Chapter: Away}},
		{"no network", app.State{Phase: app.Offline}, true, Step{Chapter: Away}},
		{"nothing, and no demo", empty, true, Step{Chapter: GetApp}},
		{"nothing but the demo", sharing(demo), false, Step{Chapter: GetApp}},
		{"the demo is tried", sharing(demo), true, Step{Chapter: Code}},
		{"the demo was asked for", sharing(asked), false, Step{Chapter: Code}},
		{"a phone came to the demo", phone, false, Step{Chapter: Code}},
		{"another user's", sharing(bens, demo), false, Step{Chapter: GetApp}},
		{"installed", hinted(sharing(demo), stopped), false, start},
		{"two are installed", hinted(empty, stopped, foreign), false, start},
		{"only a person can start it", hinted(empty, foreign), false, Step{Chapter: StartApp, Name: "LM Studio", Text: "off"}},
		{"another hint", hinted(sharing(demo), app.Hint{Kind: "closed-lid"}), false, Step{Chapter: GetApp}},
		{"no model", sharing(ollama), false, get},
		{"the one that gets models comes first", sharing(jan, ollama), false, get},
		{"models are got elsewhere", sharing(studio), false, Step{Chapter: GetModel, Name: "LM Studio", Gets: true}},
		{"nobody knows where", sharing(jan), false, Step{Chapter: GetModel, Name: "Jan"}},
		{"a model is coming", getting(sharing(ollama), done, running), false, Step{Chapter: Coming, ID: "2"}},
		{"it does not come", getting(sharing(ollama), failed), false, Step{Chapter: Coming, ID: "3", Failed: true}},
		{"one comes and one does not", getting(sharing(ollama), failed, running), false, Step{Chapter: Coming, ID: "2"}},
		{"it is there in a moment", getting(sharing(ollama), done), false, Step{Chapter: Coming, ID: "1"}},
		{"nothing comes at the moment", getting(sharing(ollama), cut), false, Step{Chapter: Coming, ID: "5", Failed: true}},
		{"who gets it has ended", getting(sharing(demo), waiting), false, Step{Chapter: Coming, ID: "4", Failed: true}},
		{"who gets it has ended, without a demo", getting(empty, waiting), false, Step{Chapter: Coming, ID: "4", Failed: true}},
		{"who gets it can be started", getting(hinted(sharing(demo), stopped), waiting), false, again},
		{"who gets it can be started, beside another", getting(hinted(sharing(demo), other, stopped), waiting), false, again},
		{"who gets it can be started, and the demo is tried", getting(hinted(sharing(demo), stopped), waiting), true, again},
		{"who gets it can be started, and one added by hand is away", getting(hinted(sharing(far, demo), stopped), waiting), false, again},
		{"who gets it has ended just now", getting(hinted(sharing(demo), stopped), app.Download{ID: "4", Server: "ollama", Phase: download.Downloading}), false, again},
		{"who gets it was at another address", getting(hinted(sharing(demo), stopped), moved), false, Step{Chapter: Coming, ID: "4", Failed: true}},
		{"a paused one's can be started", getting(hinted(sharing(demo), stopped), paused), false, pausedAgain},
		{"a paused one's can be started, and the demo is tried", getting(hinted(sharing(demo), stopped), paused), true, Step{Chapter: Code}},
		{"a paused one's cannot be started", getting(hinted(sharing(demo), foreign), app.Download{ID: "6", Server: "lmstudio", Phase: download.Paused}), false, Step{Chapter: StartApp, Name: "LM Studio", Text: "off"}},
		{"it is paused", getting(sharing(ollama), paused), false, Step{Chapter: Coming, ID: "6", Failed: true}},
		{"it was got, and who got it can be started", getting(hinted(sharing(demo), stopped), app.Download{ID: "1", Server: "ollama", Phase: download.Done}), false, start},
		{"another can be started", getting(hinted(empty, other), waiting), false, Step{Chapter: Coming, ID: "4", Failed: true}},
		{"another can only be started by the person", getting(hinted(empty, foreign), waiting), false, Step{Chapter: Coming, ID: "4", Failed: true}},
		{"who gets it was added by hand and is away", getting(sharing(far), waiting), false, Step{Chapter: Coming, ID: "4", Failed: true}},
		{"nobody waits for it", getting(sharing(demo), paused), false, Step{Chapter: GetApp}},
		{"nobody waits for it, and one added by hand is away", getting(sharing(far), done), false, Step{Chapter: Code}},
		{"a second one is coming", getting(sharing(full), running), false, Step{Chapter: Code}},
		{"a model", sharing(full), false, Step{Chapter: Code}},
		{"hidden models", sharing(with(ollama, func(s *app.Server) { s.HiddenModels = []string{"tiny"} })), false, Step{Chapter: Unhide}},
		{"a hidden server", sharing(with(full, func(s *app.Server) { s.Hidden = true })), false, Step{Chapter: Unhide}},
		{"a hidden server without models", sharing(with(ollama, func(s *app.Server) { s.Hidden = true })), false, get},
		{"it is loading", sharing(with(jan, func(s *app.Server) { s.Loading = true })), false, Step{Chapter: Code}},
		{"it wants a key", sharing(with(jan, func(s *app.Server) { s.NeedsKey = true })), false, Step{Chapter: Code}},
		{"one added by hand is away", sharing(far), false, Step{Chapter: Code}},
	}
	for _, tt := range tests {
		if got := Of(tt.state, tt.trying); got != tt.want {
			t.Errorf("%s: it is %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
