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

// TestStaysIsToldOnce: who knows that closing the window ends nothing is not told again, also after a change
// of the theme, and the next time.
func TestStaysIsToldOnce(t *testing.T) {
	const told = "Phones stay connected when you close this window."
	u, c, a := open(t, sharingState())
	wantNoText(t, u, told)
	u.tellStays()
	wantText(t, u, told)
	u.rebuild()
	wantText(t, u, told)
	c.publish(scenes()["ended"])
	wantNoText(t, u, told) // they do not
	c.publish(sharingState())
	wantText(t, u, told)
	test.Tap(button(t, u, "OK"))
	wantNoText(t, u, told)

	again := New(a, c, "/home/anna/.local/state/modelbeam")
	again.do = func(f func()) { f() }
	again.tellStays()
	wantNoText(t, again, told)
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
