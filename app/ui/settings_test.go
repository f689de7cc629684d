package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/words"
)

// openSettings starts a window that shows s and turns to its settings.
func openSettings(t *testing.T, s app.State) (*UI, *fakeController) {
	t.Helper()
	u, c, _ := open(t, s)
	test.Tap(button(t, u, "Settings"))
	c.calls = nil
	return u, c
}

func TestSettings(t *testing.T) {
	u, c := openSettings(t, scenes()["settings"])
	wantText(t, u, "Start with the computer", "Modelbeam then shares in the background", "Awake for Anna's iPhone",
		"Also whenever it is plugged in", "/home/anna/.local/state/modelbeam", "Quit Modelbeam")
	page := u.page.settings
	if !page.atLogin.On || !page.plugged.On {
		t.Errorf("at login %v, plugged in %v, want both on", page.atLogin.On, page.plugged.On)
	}
	test.Tap(page.atLogin)
	test.Tap(page.plugged)
	test.Tap(page.plugged)
	test.Tap(page.news)
	wantCalls(t, c, "StartAtLogin false", "StayAwake false", "StayAwake true", "LookForUpdates true")

	test.Tap(button(t, u, "Quit"))
	wantText(t, u, "Stop sharing and quit?")
	test.Tap(button(t, u, "Keep sharing"))
	test.Tap(button(t, u, "Back"))
	wantNoText(t, u, "Quit Modelbeam")
}

// A language that is chosen is heard of by the service, and what it then says changes the window at once.
func TestLanguageIsChosen(t *testing.T) {
	s := scenes()["settings"]
	u, c := openSettings(t, s)
	t.Cleanup(func() { useLanguage(t, "en") })
	t.Setenv(words.LanguageVariable, "")
	t.Setenv("LC_ALL", "C")
	u.page.settings.language.SetSelected("Русский")
	wantCalls(t, c, "UseLanguage [ru]")
	s.Language = "ru"
	c.publish(s)
	wantText(t, u, "Настройки")
	if got := u.page.settings.language.Selected; got != "Русский" {
		t.Errorf("%q is selected", got)
	}
	c.calls = nil
	u.page.settings.language.SetSelectedIndex(0)
	wantCalls(t, c, "UseLanguage []")
	s.Language = ""
	c.publish(s)
	wantText(t, u, "Settings")
	wantNoText(t, u, "Настройки")
}

// What a tool of the system has turned off is off, and turning it on here is enough.
func TestTurnedOffElsewhere(t *testing.T) {
	s := scenes()["settings off"]
	u, c := openSettings(t, s)
	wantText(t, u, "It is turned off in this computer's startup apps.", "Battery low: plug this computer in, or it may go to sleep")
	test.Tap(u.page.settings.atLogin)
	wantCalls(t, c, "StartAtLogin true")
	s.Login.State, s.Awake = autostart.On, app.Awake{}
	c.publish(s)
	wantNoText(t, u, "It is turned off in this", "may go to sleep")
	if !u.page.settings.atLogin.On {
		t.Error("the switch is off after it was turned on")
	}
}

// The switch follows the system, not the finger: what could not be turned on is off.
func TestCannotStartAtLogin(t *testing.T) {
	s := sharingState()
	s.Login = app.Login{State: autostart.Unavailable, Why: autostart.ErrNoProgram.Error()}
	u, c := openSettings(t, s)
	wantNoText(t, u, "Tell me about new versions") // nor has this build a page to ask
	wantText(t, u, "This copy of Modelbeam cannot start by itself.")
	if visible(u, u.page.settings.atLogin) {
		t.Error("there is a switch for what cannot be")
	}
	s.Login.Why = "the path is too long"
	c.publish(s)
	wantText(t, u, "The system cannot start Modelbeam from its folder.")
}

func TestFolderURL(t *testing.T) {
	for path, want := range map[string]string{
		"/home/anna/.local/state/modelbeam":        "file:///home/anna/.local/state/modelbeam",
		"/Users/Anna Müller/Library/Logs/#1":       "file:///Users/Anna%20M%C3%BCller/Library/Logs/%231",
		"C:/Users/anna/AppData/Local/Modelbeam":    "file:///C:/Users/anna/AppData/Local/Modelbeam",
		"//server/homes/anna/AppData/Local/folder": "file:////server/homes/anna/AppData/Local/folder",
	} {
		if got := folderURL(path).String(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
