package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestCloseHidesBehindTray(t *testing.T) {
	u, c, a := open(t, sharingState())
	u.closeAsked()
	wantCalls(t, c, "ShowCode true", "ShowCode false")
	wantNoText(t, u, "Stop sharing and quit?")
	if a.quits != 0 {
		t.Error("closing the window has quit")
	}
	u.Show()
	wantCalls(t, c, "ShowCode true", "ShowCode false", "ShowCode true")
}

func TestCloseAsksWithoutTrayHost(t *testing.T) {
	u, c, a := open(t, sharingState())
	u.trayHost = func(context.Context) bool { return false }

	u.closeAsked()
	wantText(t, u, "Stop sharing and quit?")
	test.Tap(button(t, u, "Keep sharing"))
	wantNoText(t, u, "Stop sharing and quit?")
	if a.quits != 0 {
		t.Error("Keep sharing has quit")
	}

	u.closeAsked()
	u.closeAsked() // an impatient second click must not leave a second question
	test.Tap(button(t, u, "Stop and quit"))
	wantNoText(t, u, "Stop sharing and quit?")
	if a.quits != 1 {
		t.Errorf("quit %d times, want once", a.quits)
	}
	wantCalls(t, c, "ShowCode true")
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

// noTrayApp is an app on a system where Fyne has no tray at all.
type noTrayApp struct{ fyne.App }

func TestCloseAsksWithoutTray(t *testing.T) {
	useLanguage(t, "en")
	u := New(noTrayApp{test.NewTempApp(t)}, newFakeController(sharingState()))
	u.trayHost = func(context.Context) bool { return true }
	u.closeAsked()
	wantText(t, u, "Stop sharing and quit?")
}

func TestNotification(t *testing.T) {
	u, c, _ := open(t, sharingState())
	paired := sharingState()
	paired.JustPaired = "$(reboot)"

	test.AssertNotificationSent(t, nil, func() { c.publish(paired) })

	u.hide()
	c.publish(sharingState())
	// The name of a phone must never be part of it.
	test.AssertNotificationSent(t, fyne.NewNotification("Modelbeam", "A phone is connected."), func() { c.publish(paired) })
	test.AssertNotificationSent(t, nil, func() { c.publish(paired) })
}
