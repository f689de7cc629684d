package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/download"
	"modelbeam/app/ui/story"
	"modelbeam/app/words"
)

// sleeping are the hints about AI apps that are installed, by what there is of them.
var sleeping = map[string][]app.Hint{
	"":            nil,
	"not running": {{Kind: "ollama-not-running", Name: "Ollama", Text: "{{.Name}} is installed but not running.", Action: "Start {{.Name}}"}},
	"server off":  {{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "{{.Name}} is open, but phones cannot use it yet.", Action: "Turn it on"}},
	"window open": {{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "{{.Name}} is open, but phones cannot use it yet."}}, // nobody but the person can switch it on
	"both": {
		{Kind: "ollama-not-running", Name: "Ollama", Text: "{{.Name}} is installed but not running.", Action: "Start {{.Name}}"},
		{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "{{.Name}} is open, but phones cannot use it yet.", Action: "Turn it on"},
	},
}

// there are the servers of a computer.
var there = map[string][]app.Server{
	"":              nil,
	"a demo":        {demoServer()},
	"without model": {{ID: "ollama", Kind: "ollama", Name: "Ollama", Online: true, Gets: true}},
	"with model":    {{ID: "ollama", Kind: "ollama", Name: "Ollama", Online: true, Gets: true, Models: []string{"tiny"}}},
	"another user":  {{ID: "vllm-ben", Kind: "vllm", Name: "vLLM", Online: true, User: "ben", Hidden: true}, demoServer()},
	"added":         {{ID: "box:1", Kind: "unknown", Name: "box:1", Manual: true}, demoServer()},
	"two added":     {{ID: "box:1", Kind: "unknown", Name: "box:1", Manual: true}, {ID: "den:2", Kind: "unknown", Name: "den:2", Manual: true}, demoServer()},
}

// arriving are downloads of Ollama's, in each phase.
func arriving() map[string][]app.Download {
	all := map[string][]app.Download{"": nil}
	for name, d := range downloads {
		d.ID, d.Server = name, "ollama"
		all[name] = []app.Download{d}
	}
	cut := all["coming"][0]
	cut.Failure = &download.Failure{Cause: download.Cut, Title: "The connection was interrupted.", Params: map[string]string{"Server": "Ollama"}}
	all["cut"] = []app.Download{cut}
	return all
}

// TestHeaderAgreesWithStage has the header say what is true of each state, beside what the stage says to do.
func TestHeaderAgreesWithStage(t *testing.T) {
	const (
		none, demo, off = "No AI app found on this computer", "No AI app found yet: phones can try the built-in demo", "Ollama is not running"
		notReady, gone  = "LM Studio is not ready for phones yet", "Ollama does not answer"
	)
	tests := []struct {
		servers, asleep, download string
		trying                    bool
		want                      string
		chapter                   story.Chapter
		button                    string // of the stage, in English
	}{
		{"", "", "", false, none, story.GetApp, ""},
		{"a demo", "", "", false, none, story.GetApp, ""},
		{"a demo", "", "", true, demo, story.Code, ""},
		{"a demo", "not running", "", false, off, story.StartApp, "Start {{.Name}}"},
		{"", "not running", "", false, off, story.StartApp, "Start {{.Name}}"},
		{"a demo", "not running", "", true, off, story.Code, ""},
		{"a demo", "server off", "", false, notReady, story.StartApp, "Turn it on"},
		{"a demo", "window open", "", false, notReady, story.StartApp, ""},
		{"a demo", "server off", "", true, notReady, story.Code, ""},
		{"a demo", "both", "", false, off, story.StartApp, "Start {{.Name}}"},
		{"another user", "", "", false, "You have no AI app of your own yet", story.GetApp, ""},
		{"another user", "not running", "", false, off, story.StartApp, "Start {{.Name}}"},
		{"added", "", "", false, "box:1 does not answer", story.Code, ""},
		{"two added", "", "", false, "box:1 and den:2 do not answer", story.Code, ""},
		{"added", "", "half", false, gone, story.Coming, ""},
		{"added", "not running", "half", false, off, story.Coming, "Start {{.Name}}"},

		{"without model", "", "", false, "Found Ollama, but no models yet", story.GetModel, ""},
		{"with model", "", "half", false, "Sharing 1 model from Ollama", story.Code, ""},
		{"without model", "", "coming", false, "Found Ollama, but no models yet", story.Coming, ""},
		{"without model", "", "paused", false, "Found Ollama, but no models yet", story.Coming, ""},
		{"without model", "", "failed", false, "Found Ollama, but no models yet", story.Coming, ""},
		{"without model", "", "done", false, "Found Ollama, but no models yet", story.Coming, ""},

		{"a demo", "", "waiting", false, gone, story.Coming, ""},
		{"a demo", "", "half", true, gone, story.Coming, ""},
		{"a demo", "", "coming", false, "Your model is on its way", story.Coming, ""}, // it ended just now
		{"a demo", "", "checking", false, "Your model is on its way", story.Coming, ""},
		{"a demo", "", "cut", false, "Your model has not arrived yet", story.Coming, ""},
		{"a demo", "", "paused", false, none, story.GetApp, ""},
		{"a demo", "", "failed", false, none, story.GetApp, ""},
		{"a demo", "", "done", false, none, story.GetApp, ""},

		{"a demo", "not running", "waiting", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "half", true, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "coming", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "checking", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "cut", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "paused", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "failed", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "not running", "done", false, off, story.StartApp, "Start {{.Name}}"},
		{"a demo", "both", "half", false, off, story.Coming, "Start {{.Name}}"},
		{"a demo", "server off", "half", false, gone, story.Coming, ""},
		{"a demo", "server off", "paused", false, notReady, story.StartApp, "Turn it on"},
		{"a demo", "window open", "half", false, gone, story.Coming, ""},
	}
	useLanguage(t, "en")
	for _, tt := range tests {
		s := stateOf(tt.servers, tt.asleep, arriving()[tt.download])
		step := story.Of(s, tt.trying)
		if got := words.Headline(headed(s, step)); got != tt.want {
			t.Errorf("%+v: the header says %q", tt, got)
		}
		if step.Chapter != tt.chapter || step.Action != tt.button {
			t.Errorf("%+v: the stage has %+v", tt, step)
		}
	}
}

// TestHeaderNeverDenies looks at all there can be together: a header that says that there is no AI app stands
// above nothing that speaks of one, and a model that is on its way is in sight.
func TestHeaderNeverDenies(t *testing.T) {
	useLanguage(t, "en")
	for servers := range there {
		for asleep := range sleeping {
			for phase, list := range arriving() {
				for _, trying := range []bool{false, true} {
					s := stateOf(servers, asleep, list)
					step := story.Of(s, trying)
					at := fmt.Sprintf("servers: %q, asleep: %q, download: %q, trying: %t", servers, asleep, phase, trying)
					head := words.Headline(headed(s, step))
					denies := strings.HasPrefix(head, "No AI app found")
					if denies && (step.Chapter == story.StartApp || step.Chapter == story.Coming || len(hintsOf(s, step)) > 0) {
						t.Errorf("%s: %q stands above %+v and %+v", at, head, step, hintsOf(s, step))
					}
					if step.Name != "" && !strings.HasPrefix(head, step.Name) && !strings.Contains(head, "Found "+step.Name) {
						t.Errorf("%s: %q stands above what %s is to do", at, head, step.Name)
					}
					if len(list) > 0 && list[0].Running() && s.Models() == 0 && step.ID != list[0].ID {
						t.Errorf("%s: the download is out of sight, at %+v", at, step)
					}
				}
			}
		}
	}
}

func stateOf(servers, asleep string, downloads []app.Download) app.State {
	s := app.State{Phase: app.Sharing, Servers: there[servers], Downloads: downloads}
	if len(s.Servers) == 0 {
		s.Phase = app.Empty
	}
	if s.Models() == 0 {
		s.Hints = sleeping[asleep]
	}
	return s
}

// TestStartsWhoGetsTheModel presses the button beside a download whose AI app has ended: it starts that, and does not
// pause the download.
func TestStartsWhoGetsTheModel(t *testing.T) {
	u, c, _ := open(t, scenes()["to start again"])
	test.Tap(button(t, u, "Start Ollama"))
	c.publish(scenes()["coming"])
	test.Tap(button(t, u, "Pause"))
	wantCalls(t, c, "ShowCode true", "Help ollama-not-running", "PauseDownload coming")
}
