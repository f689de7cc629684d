package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"modelbeam/app"
)

// showScene turns to the page that a scene is about.
func showScene(u *UI, name string) {
	u.page.details.setOpen(name == "details")
	u.page.openModels(strings.HasPrefix(name, "models"))
}

// scenes are the states that each need a look of their own, by name.
func scenes() map[string]app.State {
	now := time.Now()
	sharing := sharingState()
	paired := withPhones(sharing, now, 0)
	paired.JustPaired = "Anna's iPhone"
	paused := withPhones(sharing, now, 0)
	paused.Phase, paused.Pairing = app.Paused, app.Pairing{}
	demo := sharing
	demo.Servers = []app.Server{demoServer()}
	reset := withPhones(sharing, now, 0)
	reset.Problem = &app.Problem{
		Title:  "Your settings could not be read.",
		Advice: "They were set aside as {{.File}} and the usual ones are in use.",
		Action: "OK", Params: map[string]string{"File": "settings.json.broken-20260504"}, Detail: "settings.json: invalid character 'x'",
	}
	offline := bare(app.Offline)
	offline.Problem = &app.Problem{
		Kind:   kindOffline,
		Title:  "No network found.",
		Advice: "Connect this computer to your Wi-Fi, and the code appears here.",
	}
	twoIlls := offline
	twoIlls.Problem = reset.Problem
	failed := bare(app.Failed)
	failed.Problem = portProblem()
	long := withPhones(sharing, now, 1)
	long.Name = "客厅里的电脑 – the one with the very long name that nobody ever types again"
	long.Servers = slices.Clone(long.Servers)
	long.Servers[0].Name = "A server with quite a long name of its own"
	long.Devices[0].Name = "Samsung Galaxy S26 Ultra Enterprise Edition of the whole family, kitchen"
	long.Devices[1].Name = "小明的手机 📱"
	long.Pairing.URL, long.Pairing.Code = "http://192.168.178.120:28717/#c=WWWW-MMMM", "WWWW-MMMM"
	hints := demo
	hints.Hints = []app.Hint{
		{Kind: "ollama-not-running", Name: "Ollama", Text: "{{.Name}} is installed but not running.", Action: "Start {{.Name}}"},
		{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "{{.Name}} is open, but its server is off.", Action: "Turn it on"},
		{Kind: "no-model", Name: "Jan", Text: "{{.Name}} has no model yet. Download one in it."},
	}
	return map[string]app.State{
		"long":      long,
		"searching": bare(app.Searching),
		"empty":     bare(app.Empty),
		"demo":      demo,
		"sharing":   sharing,
		"phones":    withPhones(sharing, now, 0),
		"paired":    paired,
		"answering": withPhones(sharing, now, 2),
		"paused":    paused,
		"offline":   offline,
		"two ills":  twoIlls,
		"failed":    failed,
		"reset":     reset,
		"details":   withPhones(sharing, now, 0),
		"hints":     hints,
		"models":    sharing,
		"models 0":  bare(app.Empty),
		"models 5":  withManyServers(sharing),
	}
}

// withManyServers has one server of every sort, and 60 models in one of them.
func withManyServers(s app.State) app.State {
	s.Servers = slices.Clone(s.Servers)
	s.Servers[0].Models, s.Servers[0].HiddenModels = []string{"llama3.2:3b", "qwen3:8b"}, []string{"gemma3:4b"}
	s.Servers[1].Hidden = true
	many := app.Server{
		ID: "gpustack", Kind: "openai", Name: "GPUStack", URL: "https://gpu.example.org/v1", Manual: true, Online: true,
		Models: []string{"hf.co/bartowski/DeepSeek-R1-Distill-Qwen-32B-GGUF-with-a-name-longer-than-any-window-is-wide:Q4_K_M"},
	}
	for i := range 59 {
		many.Models = append(many.Models, fmt.Sprintf("model-%02d", i))
	}
	s.Servers = append(s.Servers,
		app.Server{ID: "vllm", Kind: "openai", Name: "vLLM", URL: "http://192.168.1.30:8000", Manual: true, NeedsKey: true, Online: true},
		app.Server{ID: "192.168.1.31:11434", Kind: "unknown", Name: "192.168.1.31:11434", URL: "http://192.168.1.31:11434", Manual: true},
		many, demoServer())
	return s
}

// bare is a state without servers, code and phones.
func bare(p app.Phase) app.State {
	return app.State{Phase: p, Name: "Anna's laptop", Version: "0.1.0", Listen: "[::]:8717"}
}
