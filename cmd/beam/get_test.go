package main

import (
	"bytes"
	"strings"
	"testing"

	"modelbeam/app"
	"modelbeam/app/download"
)

// coming is a download of which so many percent are there.
func coming(percent int64) app.Download {
	return app.Download{ID: "1", Model: "llama3.2:latest", Phase: download.Downloading, Total: 2e9, Done: percent * 2e7, Speed: 1e7, Left: 90}
}

// TestProgressIsPrinted holds what is printed where lines cannot be replaced: one now and then, and every trouble.
func TestProgressIsPrinted(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, false)
	for i := range int64(101) {
		p.show(coming(i))
	}
	stuck := coming(50)
	stuck.Failure = &app.Failure{Title: "Nothing is arriving at the moment.", Advice: "Check it."}
	p.show(stuck)
	p.show(stuck)
	p.show(app.Download{Model: "evil\x1b[31m\nname:latest", Phase: download.Done, Total: 5, Done: 5})
	p.end()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 13 { // 0, 10 ... 100 %, the trouble once, and the end
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
	if want := "llama3.2: 200 MB of 2 GB · 10 MB/s · 2 minutes left"; lines[1] != want {
		t.Errorf("%q, want %q", lines[1], want)
	}
	if !strings.Contains(lines[11], "Nothing is arriving at the moment. Check it.") {
		t.Errorf("%q", lines[11])
	}
	if strings.ContainsAny(out.String(), "\x1b\r") {
		t.Errorf("a name is obeyed: %q", lines[12])
	}
}

// TestProgressIsReplaced: a terminal has one line, which ends when the download does.
func TestProgressIsReplaced(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, false)
	p.tty = true
	p.show(coming(1))
	p.show(coming(2))
	p.end()
	if got := out.String(); strings.Count(got, "\r") != 2 || strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\n") {
		t.Errorf("%q", got)
	}
}

func TestOffersAreListed(t *testing.T) {
	s := app.State{
		Servers:   []app.Server{{ID: "ollama", Name: "Ollama", Online: true, Gets: true}},
		Offers:    []app.Offer{{Server: "ollama", Model: "gemma3:4b", Title: "Gemma 3 4B", Bytes: 33e8, Good: "An all-rounder in many languages", Sees: true}},
		Downloads: []app.Download{coming(50)},
	}
	none, page, nobody := s, s, app.State{}
	none.Offers, page.Offers = nil, nil
	page.Servers = []app.Server{{Name: "LM Studio", Online: true, ModelsPage: "https://lmstudio.ai/models"}}
	for _, tt := range []struct {
		state app.State
		want  []string
	}{
		{s, []string{"llama3.2: 1 GB of 2 GB", "gemma3:4b", "3.3 GB", "An all-rounder in many languages", "sees pictures", "beam get gemma3:4b"}},
		{none, []string{"beam get MODEL"}},
		{page, []string{"https://lmstudio.ai/models"}},
		{nobody, []string{"Ollama"}},
	} {
		var out bytes.Buffer
		if err := listOffers(tt.state, printer{out: &out}); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not in:\n%s", want, out.String())
			}
		}
	}
}

func TestGetWithoutService(t *testing.T) {
	_, _, err := beam(t, "get", "llama3.2", "--state", t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "no Modelbeam is running") {
		t.Errorf("beam get says %v", err)
	}
	for _, said := range [][]string{{"get", "resume", "it"}, {"get", "pause", "it", "now"}} {
		if _, _, err := beam(t, said...); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("beam %q: %v", said, err)
		}
	}
}
