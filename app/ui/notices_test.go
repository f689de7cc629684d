package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/ui/story"
)

// TestHints holds that what there is to do next is on the stage alone, and the rest in strips beside a code.
func TestHints(t *testing.T) {
	s := scenes()["hints"]
	u, c, _ := open(t, s)
	wantText(t, u, "Ollama is installed but not running.")
	wantNoText(t, u, "LM Studio is open", "Get Ollama") // one thing to do
	test.Tap(button(t, u, "Start Ollama"))
	wantCalls(t, c, "ShowCode true", "Help ollama-not-running")

	u.tryDemo()
	wantText(t, u, "Ollama is installed but not running.", "LM Studio is open, but phones cannot use it yet.")
	wantNoText(t, u, "Jan", "Get Ollama") // two are enough, and a hint is better than a download
	test.Tap(button(t, u, "Start Ollama"))
	test.Tap(button(t, u, "Turn it on"))
	wantCalls(t, c, "ShowCode true", "Help ollama-not-running", "Help ollama-not-running", "Help lmstudio-server-off")

	s.Hints = s.Hints[2:]
	c.publish(s)
	wantText(t, u, "Jan has no model yet. Download one there.")
	wantNoText(t, u, "Ollama is installed")
	s.Hints = nil
	c.publish(s)
	wantText(t, u, "Get Ollama")
}

func TestProblemComesBeforeHints(t *testing.T) {
	s := scenes()["reset"]
	s.Hints = scenes()["hints"].Hints
	u, _, _ := open(t, s)
	u.tryDemo()
	wantText(t, u, "Your settings could not be read.", "Ollama is installed but not running.")
	wantNoText(t, u, "LM Studio is open")
}

func TestNoHintsBesideWhatStopsSharing(t *testing.T) {
	phases := []app.Phase{app.Searching, app.Empty, app.Sharing}
	for _, phase := range []app.Phase{app.Searching, app.Empty, app.Sharing, app.Paused, app.Offline, app.Failed} {
		s := scenes()["hints"]
		s.Phase = phase
		if got, want := len(hintsOf(s, story.Step{})) > 0, slices.Contains(phases, phase); got != want {
			t.Errorf("while %s: hints %t, want %t", phase, got, want)
		}
	}
}

// TestKeyIsEnteredInTheWindow: no flag is named, and the button leads to the field for the key.
func TestKeyIsEnteredInTheWindow(t *testing.T) {
	u, c, _ := open(t, scenes()["locked"])
	wantText(t, u, "vLLM needs a key.")
	test.Tap(button(t, u, "Enter key…"))
	wantText(t, u, "Add an AI app")
	fill(t, u, "http://127.0.0.1:8000", "secret")
	test.Tap(button(t, u, "Add"))
	c.tested(works)
	wantCalls(t, c, "ShowCode true", "TestServer http://127.0.0.1:8000 secret", "AddServer http://127.0.0.1:8000 secret")
}

// TestWindowNamesNoFlags: whoever sees a window has no command line before them.
func TestWindowNamesNoFlags(t *testing.T) {
	for name, s := range scenes() {
		if p := s.Problem; p != nil && (strings.Contains(p.Title+p.Advice, "--") || strings.Contains(p.Action, "--")) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
