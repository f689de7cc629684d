package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
)

func withUpdate(u app.Update) app.State {
	s := sharingState()
	s.Update = &u
	return s
}

func TestNewVersions(t *testing.T) {
	const page = "https://example.org/releases"
	tests := map[string]struct {
		update app.Update
		say    string
		press  map[string]string // a button, and what it calls
		absent []string
	}{
		"asked":     {app.Update{Ask: true}, "May Modelbeam tell you about new versions?", map[string]string{"Yes": "LookForUpdates true", "No": "LookForUpdates false"}, []string{"Install"}},
		"offered":   {app.Update{On: true, Version: "1.3.0", Install: true, Page: page}, "Modelbeam 1.3.0 is available.", map[string]string{"Install": "InstallUpdate"}, []string{"Yes", "Release page"}},
		"told":      {app.Update{On: true, Version: "1.3.0", Page: page}, "Get it where you got this version.", nil, []string{"Install"}},
		"installed": {app.Update{On: true, Version: "1.3.0", Install: true, Installing: true}, "Modelbeam 1.3.0 is being installed.", nil, []string{"Install"}},
		"failed":    {app.Update{On: true, Version: "1.3.0", Install: true, Failed: "disk full", Page: page}, "Modelbeam 1.3.0 could not be installed.", map[string]string{"Install": "InstallUpdate"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			u, c, _ := open(t, withUpdate(tt.update))
			wantText(t, u, tt.say)
			wantNoText(t, u, append(tt.absent, "disk full")...)
			for label, call := range tt.press {
				c.calls = nil
				test.Tap(button(t, u, label))
				wantCalls(t, c, call)
			}
		})
	}
}

func TestNothingToSayAboutVersions(t *testing.T) {
	paused := withUpdate(app.Update{Ask: true})
	paused.Phase = app.Paused
	for name, s := range map[string]app.State{
		"never looks": sharingState(), "looks": withUpdate(app.Update{On: true}), "switched off": withUpdate(app.Update{}), "paused": paused,
	} {
		if m := offersOf(s); len(m) > 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
