package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/download"
	"modelbeam/app/ui/widgets"
)

// withOffers has an Ollama without a model, and what it could get.
func withOffers(s app.State) app.State {
	s.Servers = []app.Server{{ID: "ollama", Kind: "ollama", Name: "Ollama", Online: true, Gets: true, ModelsPage: "https://ollama.com/library"}}
	s.Offers = []app.Offer{
		{Server: "ollama", Model: "gemma3:4b", Title: "Gemma 3 4B", Bytes: 3_300_000_000, Good: "An all-rounder in many languages", Sees: true},
		{Server: "ollama", Model: "llama3.1:8b", Title: "Llama 3.1 8B", Bytes: 4_700_000_000, Good: "Good answers to most questions"},
		{Server: "ollama", Model: "gemma3:1b", Title: "Gemma 3 1B", Bytes: 815_000_000, Good: "Short answers, on almost any computer"},
	}
	return s
}

// withPage has an AI app that gets its models itself.
func withPage(s app.State) app.State {
	s.Servers = []app.Server{{ID: "lmstudio", Kind: "lmstudio", Name: "LM Studio", Online: true, ModelsPage: "https://lmstudio.ai/models"}}
	return s
}

// downloads are models on their way, by how they are doing.
var downloads = map[string]app.Download{
	"coming":   {Model: "gemma3:4b", Phase: download.Downloading, Total: 3_338_801_804, Done: 1_234_567_890, Speed: 11_400_000, Left: 185},
	"checking": {Model: "llama3.2:latest", Phase: download.Checking, Total: 2_019_393_189, Done: 2_019_393_189, Left: -1},
	"waiting": {Model: "phi4-mini:latest", Phase: download.Waiting, Left: -1, Failure: &download.Failure{
		Cause: download.ServerGone, Title: "{{.Server}} does not answer.", Advice: "Start it again, and the download goes on by itself.",
		Params: map[string]string{"Server": "Ollama"},
	}},
	"half": {Model: "gemma3:4b", Phase: download.Waiting, Total: 3_338_801_804, Done: 1_234_567_890, Left: -1, Failure: &download.Failure{
		Cause: download.ServerGone, Title: "{{.Server}} does not answer.", Advice: "Start it again, and the download goes on by itself.",
		Params: map[string]string{"Server": "Ollama"},
	}},
	"stuck": {Model: "gemma3:12b", Phase: download.Downloading, Total: 8_149_190_253, Done: 5_000_000_000, Left: -1, Failure: &download.Failure{
		Cause: download.Stalled, Title: "Nothing is arriving at the moment.",
		Advice: "Check this computer's internet connection. The download goes on by itself.",
	}},
	"paused": {Model: "llama3.1:8b", Phase: download.Paused, Total: 4_920_753_328, Done: 2_400_000_000, Left: -1},
	"failed": {
		Model: "hf.co/bartowski/DeepSeek-R1-Distill-Qwen-32B-GGUF:Q4_K_M", Phase: download.Failed, Total: 19_851_335_840, Done: 7_000_000_000, Left: -1,
		Failure: &download.Failure{
			Cause: download.DiskFull, Title: "There is not enough room on the disk.", Advice: "Free some space, or choose a smaller model. Then try again.",
		},
	},
	"done": {Model: "gemma3:4b", Phase: download.Done, Total: 3_338_801_804, Done: 3_338_801_804},
}

func withDownloads(s app.State, names ...string) app.State {
	s.Servers = slices.Clone(s.Servers)
	s.Servers[0].Gets = true
	for _, name := range names {
		d := downloads[name]
		d.ID, d.Server = name, "ollama"
		s.Downloads = append(s.Downloads, d)
	}
	return s
}

// TestGetModel presses every button of the sheet.
func TestGetModel(t *testing.T) {
	u, c, _ := open(t, withOffers(bare(app.Empty)))
	g := u.openGet()
	wantText(t, u, "Get a model", "Gemma 3 4B", "An all-rounder in many languages", "3.3\u00a0GB on disk · sees pictures", "815\u00a0MB on disk")
	offers := g.offers.Objects[1:]
	if len(offers) != 3 {
		t.Fatalf("%d models are offered", len(offers))
	}
	walk(offers[1], func(o fyne.CanvasObject) bool {
		if b, ok := o.(*widgets.Button); ok {
			test.Tap(b)
		}
		return true
	})
	wantCalls(t, c, "ShowCode true", "GetModel ollama llama3.1:8b")

	if u.asking != nil {
		t.Error("the sheet is in the way of the stage, which follows the first model")
	}
	s := withDownloads(withOffers(bare(app.Empty)), "coming")
	c.publish(s)
	u.openGet()
	wantText(t, u, "gemma3:4b", "1.2\u00a0GB of 3.3\u00a0GB · 11.4\u00a0MB/s · 4 minutes left")
	wantNoText(t, u, "Gemma 3 4B") // it is on its way: no second button for it
	test.Tap(button(t, u, "Pause"))
	test.Tap(button(t, u, "Cancel"))
	wantText(t, u, "1.2\u00a0GB of it is on the disk already, and stays there until the AI app is restarted.")
	test.Tap(button(t, u, "Keep it"))
	test.Tap(button(t, u, "Cancel"))
	test.Tap(button(t, u, "Cancel the download"))
	wantText(t, u, "Get a model")
	c.publish(withDownloads(withOffers(bare(app.Empty)), "failed"))
	wantText(t, u, "There is not enough room on the disk. Free some space, or choose a smaller model. Then try again.")
	test.Tap(button(t, u, "Try again"))
	c.publish(withDownloads(withOffers(bare(app.Empty)), "stuck"))
	wantText(t, u, "Nothing is arriving at the moment. Check this computer's internet connection. The download goes on by itself.")
	test.Tap(button(t, u, "Try again"))
	c.publish(withDownloads(withOffers(bare(app.Empty)), "waiting"))
	test.Tap(button(t, u, "Pause")) // what has to be done first is with the AI app
	c.publish(withDownloads(withOffers(bare(app.Empty)), "paused"))
	test.Tap(button(t, u, "Resume"))
	wantCalls(t, c, "ShowCode true", "GetModel ollama llama3.1:8b", "PauseDownload coming", "CancelDownload coming", "ResumeDownload failed",
		"ResumeDownload stuck", "PauseDownload waiting", "ResumeDownload paused")
}

// TestGetModelByName types the name of any other one.
func TestGetModelByName(t *testing.T) {
	u, c, _ := open(t, withOffers(bare(app.Empty)))
	g := u.openGet()
	if !g.get.Disabled() {
		t.Error("nothing can be downloaded before a name was typed")
	}
	u.window.Canvas().Focus(g.name)
	test.Type(g.name, " hf.co/someone/something:Q4 ")
	g.name.OnSubmitted("")
	wantCalls(t, c, "ShowCode true", "GetModel ollama hf.co/someone/something:Q4")
	if g.name.Text != "" {
		t.Error("the name stays in the field")
	}
	c.publish(withPage(bare(app.Empty))) // the server is gone, and another one is there
	g = u.openGet()
	if g.other.Visible() {
		t.Error("a name can be typed, and nobody would get it")
	}
	wantText(t, u, "Models for LM Studio")
}
