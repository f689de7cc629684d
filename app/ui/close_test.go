package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestQuitAsks(t *testing.T) {
	u, c, a := open(t, sharingState())
	u.page.turn(onSettings)
	test.Tap(button(t, u, "Quit"))
	test.Tap(button(t, u, "Keep sharing"))
	wantNoText(t, u, "Stop sharing and quit?")
	wantCalls(t, c, "ShowCode true")

	test.Tap(button(t, u, "Quit"))
	u.askQuit() // an impatient second click must not leave a second question
	test.Tap(button(t, u, "Stop and quit"))
	wantNoText(t, u, "Stop sharing and quit?")
	wantCalls(t, c, "ShowCode true", "Quit")
	if a.quits != 0 {
		t.Error("the window did not wait for the service to say goodbye")
	}
}

// TestLeaveIsTakenOnce: who knows that closing the window ends nothing is not told again, also after a change of the
// theme, and the next time; and nobody is told before there is a phone.
func TestLeaveIsTakenOnce(t *testing.T) {
	const told = "You can close this window."
	u, c, a := open(t, sharingState())
	a.Preferences().SetBool(toldStays, false)
	u.draw()
	wantNoText(t, u, told)
	c.publish(scenes()["first phone"])
	wantText(t, u, told, "Phones stay connected. Open Modelbeam again to bring it back, or to quit.")
	u.inTray = true
	u.draw()
	wantText(t, u, told, "Modelbeam stays in the tray.")
	c.publish(scenes()["first phone after"])
	wantText(t, u, told, "Modelbeam stays in the tray.")
	u.rebuild()
	wantText(t, u, told)
	c.publish(scenes()["ended"])
	wantNoText(t, u, told) // they do not
	c.publish(scenes()["first phone after"])
	wantText(t, u, told)
	test.Tap(button(t, u, "OK"))
	wantNoText(t, u, told)
	c.publish(scenes()["first phone"])
	wantText(t, u, "Connected", "Chat in the page, or tap your app")
	wantNoText(t, u, told)

	again := New(a, c, "/home/anna/.local/state/modelbeam")
	again.do = func(f func()) { f() }
	again.last = scenes()["first phone after"]
	again.draw()
	wantNoText(t, again, told)
}

// TestWhoClosesHasRead closes the window while it says that this may be done.
func TestWhoClosesHasRead(t *testing.T) {
	for scene, want := range map[string]bool{"first phone after": true, "sharing": false} {
		u, _, a := open(t, scenes()[scene])
		a.Preferences().SetBool(toldStays, false)
		u.draw()
		u.close()
		if got := a.Preferences().Bool(toldStays); got != want {
			t.Errorf("%s: it is noted as told: %t, want %t", scene, got, want)
		}
	}
}

// brokenApp is an app whose Quit panics when all is done, as Fyne's does without a file watch.
type brokenApp struct {
	*fakeApp
}

func (a brokenApp) Quit() {
	a.fakeApp.Quit()
	panic("no file watch")
}

func TestQuitOutlivesFyne(t *testing.T) {
	u, _, a := open(t, sharingState())
	u.app = brokenApp{a}
	u.quit()
	if a.quits != 1 {
		t.Errorf("quit %d times, want once", a.quits)
	}
}
