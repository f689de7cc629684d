package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/ui/widgets"
)

func TestRemovePhone(t *testing.T) {
	u, c, _ := open(t, withPhones(sharingState(), noon, 0))
	choose(t, u, 1, "Remove…")
	wantText(t, u, "Remove Tablet?")
	test.Tap(button(t, u, "Cancel"))
	wantCalls(t, c, "ShowCode true")

	choose(t, u, 1, "Remove…")
	test.Tap(button(t, u, "Remove"))
	wantCalls(t, c, "ShowCode true", "RemoveDevice d2")
	wantNoText(t, u, "Remove Tablet?")
}

func TestRenamePhone(t *testing.T) {
	tests := []struct {
		name, typed string
		want        string // the call; empty: none
	}{
		{name: "another name", typed: "  Anna's  phone ", want: "RenameDevice d1 Anna's phone"},
		{name: "the same name", typed: "Anna's iPhone"},
		{name: "no name", typed: "   "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, c, _ := open(t, withPhones(sharingState(), noon, 0))
			choose(t, u, 0, "Rename…")
			if got := u.asking.field.Text; got != "Anna's iPhone" {
				t.Errorf("the field starts with %q, want the name", got)
			}
			u.asking.field.SetText("")
			test.Type(u.asking.field, tt.typed)
			test.Tap(button(t, u, "Rename"))
			want := []string{"ShowCode true"}
			if tt.want != "" {
				want = append(want, tt.want)
			}
			wantCalls(t, c, want...)
		})
	}
}

func TestPausePhone(t *testing.T) {
	s := withPhones(sharingState(), noon, 0)
	u, c, _ := open(t, s)
	choose(t, u, 1, "Pause")
	s.Devices = slices.Clone(s.Devices)
	s.Devices[1].Paused = true
	c.publish(s)
	wantText(t, u, "Tablet\nPaused")
	choose(t, u, 1, "Resume")
	wantCalls(t, c, "ShowCode true", "PauseDevice d2 true", "PauseDevice d2 false")
}

// What happens to the phones while a menu is open changes neither the menu nor what it is about.
func TestMenuOfAPhoneStays(t *testing.T) {
	s := withPhones(sharingState(), noon, 0)
	u, c, _ := open(t, s)
	tablet := rowOf(u, 1)
	test.Tap(tablet.more)
	s.Devices = []app.Device{s.Devices[1], s.Devices[0], {ID: "d3", Name: "New phone"}}
	s.Devices[0].Active, s.Devices[0].Tokens = 1, 7
	c.publish(s)
	if rowOf(u, 0) != tablet {
		t.Error("the row was made anew")
	}
	tapMenu(t, u, "Remove…")
	test.Tap(button(t, u, "Remove"))
	wantCalls(t, c, "ShowCode true", "RemoveDevice d2")
}

func TestRowSurvivesSameState(t *testing.T) {
	s := withPhones(sharingState(), noon, 0)
	u, c, _ := open(t, s)
	row := u.page.phones.list.Objects[0]
	s.Servers = nil // something else changes
	c.publish(s)
	if u.page.phones.list.Objects[0] != row {
		t.Error("the rows were made anew, so that a press on one of them would be lost")
	}
}

func TestManyPhones(t *testing.T) {
	u, _, _ := open(t, withManyPhones(sharingState(), noon))
	if got := strings.Count(onScreen(u), "requests today"); got != 29 { // and one with one request
		t.Errorf("%d rows, want 29", got)
	}
}

func TestDetails(t *testing.T) {
	s := withPhones(sharingState(), noon, 0)
	s.Servers[1].NeedsKey = true
	s.Problem = portProblem()
	u, c, _ := open(t, s)
	wantNoText(t, u, "127.0.0.1:11434")
	test.Tap(button(t, u, "Details"))
	wantText(t, u, "http://127.0.0.1:11434", "llama3.2:3b, qwen3:8b, gemma3:4b", "needs a key", "[::]:8717",
		"bind: address already in use", "0.1.0", "192.168.1.20  (wlan0)")

	test.Tap(button(t, u, "Copy details"))
	if got := u.app.Clipboard().Content(); !strings.Contains(got, "\nListens on: [::]:8717\nOllama: http://127.0.0.1:11434 llama3.2:3b") {
		t.Errorf("the clipboard has %q", got)
	}
	pick := u.page.details.rows.Objects[1].(*widgets.Select)
	pick.SetSelected("10.0.0.4  (eth0)")
	pick.SetSelected("192.168.1.20  (wlan0)")
	wantCalls(t, c, "ShowCode true", "UseAddress [10.0.0.4]", "UseAddress []")

	test.Tap(button(t, u, "Details"))
	wantNoText(t, u, "127.0.0.1:11434")
}

func TestPickerFollowsState(t *testing.T) {
	s := sharingState()
	u, c, _ := open(t, s)
	test.Tap(button(t, u, "Details"))
	s.Addresses[0].Chosen, s.Addresses[1].Chosen = false, true
	c.publish(s)
	wantText(t, u, "10.0.0.4  (eth0)")
	wantCalls(t, c, "ShowCode true") // showing a choice is not making one
}
