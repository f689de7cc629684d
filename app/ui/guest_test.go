package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
)

// invite opens the sheet of a window that shows s.
func invite(t *testing.T, s app.State) (*UI, *fakeController) {
	t.Helper()
	u, c, _ := open(t, s)
	test.Tap(button(t, u, "Invite a guest…"))
	c.calls = nil
	return u, c
}

func wantInvitation(t *testing.T, c *fakeController, want app.Invitation) {
	t.Helper()
	wantCalls(t, c, fmt.Sprintf("Invite %+v", want))
}

func TestInvite(t *testing.T) {
	tests := []struct {
		name string
		taps []string
		want app.Invitation
	}{
		{"at once", nil, app.Invitation{Tonight: true}},
		{"an hour", []string{"1 hour"}, app.Invitation{For: time.Hour}},
		{"three hours, ten requests", []string{"3 hours", "10"}, app.Invitation{For: 3 * time.Hour, Requests: 10}},
		{"another mind", []string{"3 hours", "Until removed", "10", "50"}, app.Invitation{Requests: 50}},
		{"back to no limit", []string{"10", "No limit"}, app.Invitation{Tonight: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, c := invite(t, sharingState())
			for _, label := range tt.taps {
				test.Tap(button(t, u, label))
			}
			test.Tap(button(t, u, "Show code"))
			wantInvitation(t, c, tt.want)
			wantNoText(t, u, "How long")
		})
	}
}

func TestInviteForSomeModels(t *testing.T) {
	s := sharingState()
	twin, off, hidden := s.Servers[0], s.Servers[0], s.Servers[0]
	twin.ID = "ollama-2"
	off.ID, off.Models, off.Online = "off", []string{"of a sleeper"}, false
	hidden.ID, hidden.Models, hidden.Hidden = "hidden", []string{"of a secret"}, true
	s.Servers = append(slices.Clone(s.Servers), twin, off, hidden)
	u, c := invite(t, s)
	wantNoText(t, u, "qwen3:8b")
	test.Tap(button(t, u, "Only some"))
	wantText(t, u, "llama3.2:3b\nqwen3:8b\ngemma3:4b\nphi-4-mini\nmistral-small-3.2", "Choose at least one model.")
	wantNoText(t, u, "of a sleeper", "of a secret")
	test.Tap(button(t, u, "Show code")) // cannot be pressed yet
	wantCalls(t, c)

	switches := switchesOnTop(u)
	test.Tap(switches[1])
	test.Tap(switches[0])
	test.Tap(switches[0])
	test.Tap(switches[3])
	wantNoText(t, u, "Choose at least one")
	test.Tap(button(t, u, "Until removed"))
	test.Tap(button(t, u, "Show code"))
	wantInvitation(t, c, app.Invitation{Models: []string{"qwen3:8b", "phi-4-mini"}})
}

func TestInviteForAnotherNumber(t *testing.T) {
	for typed, want := range map[string]int{"7": 7, " 12 ": 12, "1000000": 1000000, "": 0, "0": 0, "-3": 0, "1000001": 0, "ten": 0} {
		u, c := invite(t, sharingState())
		if len(entriesOnTop(u)) > 0 {
			t.Fatal("there is a field although nobody wants another number")
		}
		test.Tap(button(t, u, "Another number"))
		f := entriesOnTop(u)[0]
		if u.window.Canvas().Focused() != f {
			t.Error("the field does not wait for the number")
		}
		test.Type(f, typed)
		f.OnSubmitted(f.Text)
		if want == 0 {
			wantCalls(t, c)
			wantText(t, u, "Type a number, 1 or more.")
			continue
		}
		wantInvitation(t, c, app.Invitation{Tonight: true, Requests: want})
	}
}

func TestInvitationNeedsALimit(t *testing.T) {
	u, c := invite(t, sharingState())
	test.Tap(button(t, u, "Until removed"))
	wantText(t, u, "Choose at least one limit.")
	test.Tap(button(t, u, "Show code"))
	test.Tap(button(t, u, "Cancel"))
	wantCalls(t, c)
	if u.inviting {
		t.Error("a sheet that was cancelled invites")
	}
}

func TestNoInvitationWithoutCode(t *testing.T) {
	for _, scene := range []string{"searching", "empty", "paused", "offline", "failed"} {
		u, _, _ := open(t, scenes()[scene])
		wantNoText(t, u, "Invite a guest…")
	}
}

func TestGuestCode(t *testing.T) {
	u, c := invite(t, sharingState())
	test.Tap(button(t, u, "10"))
	test.Tap(button(t, u, "Show code"))
	s := withGuestCode("http://192.168.1.20:8717/#c=GGGGUUUU", "GGGG-UUUU")
	c.publish(s)
	wantText(t, u, "A code for a guest", "Guest pass", "Until midnight", "All models", "10 requests",
		"192.168.1.20:8717", "GGGG-UUUU", "Back to the regular code")
	wantNoText(t, u, "Point its camera", camera)
	if got := shownCode(t, u); got != s.Pairing.URL {
		t.Errorf("the code says %q, want %q", got, s.Pairing.URL)
	}

	paired := withPhones(s, noon, 0)
	paired.JustPaired = "Tablet"
	c.publish(paired)
	wantText(t, u, "Connected", "Back to the regular code")
	next := withGuestCode("http://192.168.1.20:8717/#c=NNNNNNNN", "NNNN-NNNN")
	c.publish(next) // for the next guest
	wantText(t, u, "A code for a guest", "NNNN-NNNN")

	c.calls = nil
	test.Tap(button(t, u, "Back to the regular code"))
	wantInvitation(t, c, app.Invitation{})
	c.publish(sharingState())
	wantNoText(t, u, "A code for a guest", "Guest pass", "Back to the regular code")
	wantText(t, u, "Point its camera", camera)
}

func withGuestCode(url, code string) app.State {
	s := sharingState()
	s.Pairing = app.Pairing{URL: url, Code: code, Guest: &app.Guest{Until: tonight(noon), Requests: 10, Left: 10}}
	return s
}

// Codes can be a guest's by the command line, too: then there is no other to go back to.
func TestGuestCodeOfTheCommandLine(t *testing.T) {
	u, c, _ := open(t, withGuestCode("http://192.168.1.20:8717/#c=GGGGUUUU", "GGGG-UUUU"))
	wantText(t, u, "A code for a guest", "Guest pass")
	wantNoText(t, u, "Back to the regular code")
	wantCalls(t, c, "ShowCode true")
}

func TestGuestCodeSurvivesThemeChange(t *testing.T) {
	u, c := invite(t, sharingState())
	test.Tap(button(t, u, "Show code"))
	c.publish(withGuestCode("http://192.168.1.20:8717/#c=GGGGUUUU", "GGGG-UUUU"))
	before := onScreen(u)
	u.rebuild()
	if after := onScreen(u); after != before {
		t.Errorf("after a change of theme the window says:\n%s\nbefore:\n%s", after, before)
	}
	wantText(t, u, "Back to the regular code")
}

// The code of an app gives way to that of a guest: it would open more than a guest may.
func TestGuestCodeInsteadOfAnApps(t *testing.T) {
	u, c, _ := open(t, sharingState())
	pickCode(t, u, camera, "RikkaHub")
	test.Tap(button(t, u, "Invite a guest…"))
	test.Tap(button(t, u, "Show code"))
	s := withGuestCode("http://192.168.1.20:8717/#c=GGGGUUUU", "GGGG-UUUU")
	c.publish(s)
	c.showCode("of RikkaHub, too late")
	if got := shownCode(t, u); got != s.Pairing.URL {
		t.Errorf("the code says %q, want %q", got, s.Pairing.URL)
	}
}
