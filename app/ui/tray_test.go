package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

func menuLabels(m *fyne.Menu) []string {
	var labels []string
	for _, item := range m.Items {
		if !item.IsSeparator {
			labels = append(labels, item.Label)
		}
	}
	return labels
}

func item(t *testing.T, m *fyne.Menu, label string) *fyne.MenuItem {
	t.Helper()
	for _, item := range m.Items {
		if item.Label == label {
			return item
		}
	}
	t.Fatalf("no item %q in the tray's menu %q", label, menuLabels(m))
	return nil
}

func TestTrayMenu(t *testing.T) {
	u, c, a := open(t, sharingState())
	want := []string{"Sharing 5 models from Ollama and LM Studio", "Show Modelbeam", "Pause", "Quit"}
	if got := menuLabels(a.menu); !slices.Equal(got, want) {
		t.Fatalf("the menu is %q, want %q", got, want)
	}
	if !a.menu.Items[0].Disabled {
		t.Error("the state line can be pressed")
	}

	sharing := a.icon
	item(t, a.menu, "Pause").Action()
	want = []string{"Sharing is paused", "Show Modelbeam", "Resume", "Quit"}
	if got := menuLabels(a.menu); !slices.Equal(got, want) {
		t.Errorf("while paused the menu is %q, want %q", got, want)
	}
	if a.icon.Name() == sharing.Name() {
		t.Error("while paused the icon is the same")
	}
	item(t, a.menu, "Resume").Action()
	if a.icon.Name() != sharing.Name() {
		t.Error("after Resume the icon did not come back")
	}

	u.closeAsked()
	item(t, a.menu, "Show Modelbeam").Action()
	wantCalls(t, c, "ShowCode true", "Pause", "Resume", "ShowCode false", "ShowCode true")
	item(t, a.menu, "Quit").Action()
	if a.quits != 1 {
		t.Errorf("quit %d times, want once", a.quits)
	}
}

func TestTrayCannotPauseWhatDoesNotRun(t *testing.T) {
	_, c, a := open(t, scenes()["failed"])
	if !item(t, a.menu, "Pause").Disabled {
		t.Error("Pause can be pressed although nothing is shared")
	}
	c.publish(sharingState())
	if item(t, a.menu, "Pause").Disabled {
		t.Error("Pause cannot be pressed")
	}
}
