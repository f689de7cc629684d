package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/ui/widgets"
)

// openModels starts a window that shows s and turns to its models.
func openModels(t *testing.T, s app.State) (*UI, *fakeController) {
	t.Helper()
	u, c, _ := open(t, s)
	test.Tap(button(t, u, "Models"))
	c.calls = nil
	return u, c
}

func serverCardOf(t *testing.T, u *UI, id string) *serverCard {
	t.Helper()
	c := u.page.models.cards[id]
	if c == nil {
		t.Fatalf("no card for %q; the window says:\n%s", id, onScreen(u))
	}
	return c
}

func TestModelsPage(t *testing.T) {
	u, _ := openModels(t, scenes()["models 5"])
	wantText(t, u, "If two AI apps have the same model, the higher one answers.",
		"Ollama", "127.0.0.1:11434", "gemma3:4b", "LM Studio",
		"192.168.1.30:8000  ·  needs a key", "192.168.1.31:11434", "does not answer",
		"https://gpu.example.org/v1", "60 of 60 models shared")
	wantNoText(t, u, "Demo", "phi-4-mini", "model-07", "Phones see this computer")
	test.Tap(button(t, u, "60 of 60 models shared"))
	wantText(t, u, "model-07", "model-58")
	test.Tap(button(t, u, "Back"))
	wantText(t, u, "Phones see this computer")
	wantNoText(t, u, "127.0.0.1:11434")
}

func TestModelsPageOfFew(t *testing.T) {
	u, _ := openModels(t, scenes()["models 0"])
	wantText(t, u, "No AI app found on this computer", "Get Ollama", "Add an AI app…")

	u, c := openModels(t, scenes()["installed"])
	wantText(t, u, "Ollama is installed but not running.", "Start Ollama")
	wantNoText(t, u, "No AI app found", "Get Ollama")
	c.publish(scenes()["not coming"])
	wantText(t, u, "phi4-mini", "Ollama does not answer. Start it again, and the download goes on by itself.")
	wantNoText(t, u, "No AI app found", "installed but not running")
	c.publish(scenes()["models 0"])
	wantText(t, u, "No AI app found on this computer", "Get Ollama")

	one := sharingState()
	one.Servers = one.Servers[:1]
	u, _ = openModels(t, one)
	wantText(t, u, "Ollama", "qwen3:8b")
	wantNoText(t, u, "the higher one answers")
	if c := serverCardOf(t, u, "ollama"); visible(u, c.up) || visible(u, c.down) || visible(u, c.remove) {
		t.Error("the only server can be moved, or one that was found removed")
	}
}

func TestHide(t *testing.T) {
	u, c := openModels(t, sharingState())
	ollama := serverCardOf(t, u, "ollama")
	test.Tap(ollama.share)
	test.Tap(ollama.share)
	test.Tap(ollama.models.switches["qwen3:8b"])
	test.Tap(ollama.models.switches["qwen3:8b"])
	wantCalls(t, c, "HideServer ollama true", "HideServer ollama false",
		"HideModel ollama qwen3:8b true", "HideModel ollama qwen3:8b false")
}

func TestSwitchesFollowState(t *testing.T) {
	s := sharingState()
	u, c := openModels(t, s)
	card := serverCardOf(t, u, "ollama")
	row, before := card.models.rows.Objects[1], onScreen(u)

	s.Servers = slices.Clone(s.Servers)
	s.Servers[0].Models, s.Servers[0].HiddenModels = []string{"qwen3:8b", "gemma3:4b"}, []string{"llama3.2:3b"}
	c.publish(s)
	if card.models.switches["llama3.2:3b"].On || !card.models.switches["qwen3:8b"].On {
		t.Error("the switches do not show what is hidden")
	}
	if card.models.rows.Objects[1] != row || onScreen(u) != before {
		t.Error("hiding a model has moved the rows")
	}

	s.Servers = slices.Clone(s.Servers)
	s.Servers[0].Hidden = true
	c.publish(s)
	wantNoText(t, u, "qwen3:8b")
	if card.share.On || len(c.calls) > 0 {
		t.Errorf("the server's switch is on: %t; showing a state has called %q", card.share.On, c.calls)
	}
}

func TestMoveServer(t *testing.T) {
	s := sharingState()
	u, c := openModels(t, s)
	first, second := serverCardOf(t, u, "ollama"), serverCardOf(t, u, "lmstudio")
	test.Tap(first.up) // is at the top
	test.Tap(first.down)
	test.Tap(second.up)
	test.Tap(second.down)
	wantCalls(t, c, "MoveServer ollama 1", "MoveServer lmstudio -1")

	s.Servers = []app.Server{s.Servers[1], s.Servers[0]}
	c.publish(s)
	if got := u.page.models.list.Objects; len(got) != 2 || got[0] != second.object || got[1] != first.object {
		t.Error("the cards did not change places")
	}
	if second.down.Disabled() || !second.up.Disabled() {
		t.Error("the arrows do not follow the order")
	}
}

func TestRemoveServer(t *testing.T) {
	s := scenes()["models 5"]
	u, c := openModels(t, s)
	remove := func() { tapIn(t, serverCardOf(t, u, "192.168.1.31:11434").remove) }
	remove()
	wantText(t, u, "Remove 192.168.1.31:11434?")
	test.Tap(button(t, u, "Cancel"))
	wantCalls(t, c)
	remove()
	test.Tap(button(t, u, "Remove"))
	wantCalls(t, c, "RemoveServer 192.168.1.31:11434")

	s.Servers = slices.DeleteFunc(slices.Clone(s.Servers), func(srv app.Server) bool { return strings.HasPrefix(srv.ID, "192.") })
	c.publish(s)
	wantNoText(t, u, "192.168.1.31")
}

// tapIn presses the button in o.
func tapIn(t *testing.T, o fyne.CanvasObject) {
	t.Helper()
	var found *widgets.Button
	walk(o, func(o fyne.CanvasObject) bool {
		if b, ok := o.(*widgets.Button); ok {
			found = b
		}
		return true
	})
	if found == nil {
		t.Fatal("no visible button")
	}
	test.Tap(found)
}

func TestModelsPageSurvivesThemeChange(t *testing.T) {
	u, _ := openModels(t, scenes()["models 5"])
	before := onScreen(u)
	u.rebuild()
	if after := onScreen(u); after != before {
		t.Errorf("after a change of theme the window says:\n%s\nbefore:\n%s", after, before)
	}
}

func TestToggleByKeyboard(t *testing.T) {
	u, c := openModels(t, sharingState())
	share := serverCardOf(t, u, "ollama").share
	u.window.Canvas().Focus(share)
	typeKey(u, fyne.KeySpace)
	wantCalls(t, c, "HideServer ollama true")
	test.Type(share, "x")
	typeKey(u, fyne.KeyX)
	wantCalls(t, c, "HideServer ollama true")
}
