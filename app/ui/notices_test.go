package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
)

func TestHints(t *testing.T) {
	s := scenes()["hints"]
	u, c, _ := open(t, s)
	wantText(t, u, "Ollama is installed but not running.", "LM Studio is open, but its server is off.")
	wantNoText(t, u, "Jan", "Get Ollama") // two are enough, and a hint is better than a download
	test.Tap(button(t, u, "Start Ollama"))
	test.Tap(button(t, u, "Turn it on"))
	wantCalls(t, c, "ShowCode true", "Help ollama-not-running", "Help lmstudio-server-off")

	s.Hints = s.Hints[2:]
	c.publish(s)
	wantText(t, u, "Jan has no model yet. Download one in it.")
	wantNoText(t, u, "Ollama is installed")
	s.Hints = nil
	c.publish(s)
	wantText(t, u, "Get Ollama")
}

func TestProblemComesBeforeHints(t *testing.T) {
	s := scenes()["reset"]
	s.Hints = scenes()["hints"].Hints
	u, _, _ := open(t, s)
	wantText(t, u, "Your settings could not be read.", "Ollama is installed but not running.")
	wantNoText(t, u, "LM Studio is open")
}

func TestNoHintsBesideWhatStopsSharing(t *testing.T) {
	phases := []app.Phase{app.Searching, app.Empty, app.Sharing}
	for _, phase := range []app.Phase{app.Searching, app.Empty, app.Sharing, app.Paused, app.Offline, app.Failed} {
		s := scenes()["hints"]
		s.Phase = phase
		if got, want := len(messagesOf(s)) > 0, slices.Contains(phases, phase); got != want {
			t.Errorf("while %s: hints %t, want %t", phase, got, want)
		}
	}
}
