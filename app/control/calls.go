package control

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"modelbeam/app"
	"modelbeam/app/doctor"
)

// codeWithin is how long a Link waits for a pairing code, which is made for it, before it tells of a service
// that has none: one that is paused, say.
const codeWithin = 3 * time.Second

// State returns the newest snapshot.
func (l *Link) State() app.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Watch is that of app.Controller.
func (l *Link) Watch(fn func(app.State)) (stop func()) { return l.states.Watch(l.State, fn) }

// Events is that of app.Controller, for a Link that has Events. The service may have been ready long ago, so
// that is told anew: first, and once.
func (l *Link) Events(fn func(app.Event)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan struct{})
	var teller sync.WaitGroup
	teller.Go(func() {
		defer close(ready)
		if r, ok := app.AwaitReady(l, codeWithin, ctx.Done()); ok {
			fn(app.Event{Event: "ready", Time: time.Now().UTC(), Detail: r})
		}
	})
	stopReading := l.events.Read(func(e app.Event) {
		if <-ready; e.Event != "ready" {
			fn(e)
		}
	})
	return func() {
		cancel()
		teller.Wait()
		stopReading()
	}
}

// ShowCode says whether anybody can see the pairing code in this process.
func (l *Link) ShowCode(visible bool) {
	l.mu.Lock()
	l.visible = visible
	l.mu.Unlock()
	l.call("ShowCode", visible)
}

// Shown says that the window is in front, and that it could be opened at all.
func (l *Link) Shown() {
	l.mu.Lock()
	l.seen = true
	l.mu.Unlock()
	l.call("Shown")
}

// Quit ends the service, and with it Run.
func (l *Link) Quit() {
	if !l.call("Quit") {
		l.end()
	}
}

// Retry is the button of the State's Problem: the service's own, or that there is no service.
func (l *Link) Retry() {
	if l.call("Retry") {
		return
	}
	select {
	case l.nudges <- struct{}{}:
	default:
	}
}

// CodeApps are those of the service.
func (l *Link) CodeApps() []app.CodeApp {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.codeApps
}

// AppCode calls show with the text of an app's QR code, or with "" if there is none.
func (l *Link) AppCode(appID string, show func(text string)) {
	answered := func(result json.RawMessage) {
		var text string
		_ = json.Unmarshal(result, &text) // no result leaves it empty
		show(text)
	}
	if !l.ask("AppCode", answered, appID) {
		show("")
	}
}

// TestServer asks a server who it is. When the service ends meanwhile, done is told that.
func (l *Link) TestServer(rawURL, key string, done func(app.TestResult)) {
	answered := func(result json.RawMessage) {
		r := app.Untested()
		_ = json.Unmarshal(result, &r)
		done(r)
	}
	if !l.ask("TestServer", answered, rawURL, key) {
		done(app.Untested())
	}
}

// Examine asks the service why a phone cannot connect. When it ends meanwhile, that is the reason.
func (l *Link) Examine(shows doctor.Shows, done func(doctor.Diagnosis)) {
	l.diagnose(done, "Examine", shows)
}

// LetPhonesIn has the service open the firewall that it named.
func (l *Link) LetPhonesIn(done func(doctor.Diagnosis)) { l.diagnose(done, "LetPhonesIn") }

func (l *Link) diagnose(done func(doctor.Diagnosis), method string, args ...any) {
	answered := func(result json.RawMessage) {
		d := doctor.Of(doctor.NotRunning, nil)
		_ = json.Unmarshal(result, &d)
		done(d)
	}
	if !l.ask(method, answered, args...) {
		done(doctor.Of(doctor.NotRunning, nil))
	}
}

// What follows is told to the service as it is.

func (l *Link) Pause()                                  { l.call("Pause") }
func (l *Link) Resume()                                 { l.call("Resume") }
func (l *Link) RemoveDevice(id string)                  { l.call("RemoveDevice", id) }
func (l *Link) RenameDevice(id, name string)            { l.call("RenameDevice", id, name) }
func (l *Link) PauseDevice(id string, paused bool)      { l.call("PauseDevice", id, paused) }
func (l *Link) Invite(i app.Invitation)                 { l.call("Invite", i) }
func (l *Link) UseAddress(ip string)                    { l.call("UseAddress", ip) }
func (l *Link) AddServer(rawURL, key string)            { l.call("AddServer", rawURL, key) }
func (l *Link) RemoveServer(id string)                  { l.call("RemoveServer", id) }
func (l *Link) HideServer(id string, hidden bool)       { l.call("HideServer", id, hidden) }
func (l *Link) HideModel(id, model string, hidden bool) { l.call("HideModel", id, model, hidden) }
func (l *Link) MoveServer(id string, by int)            { l.call("MoveServer", id, by) }
func (l *Link) StartAtLogin(on bool)                    { l.call("StartAtLogin", on) }
func (l *Link) StayAwake(plugged bool)                  { l.call("StayAwake", plugged) }
func (l *Link) UseLanguage(tag string)                  { l.call("UseLanguage", tag) }
func (l *Link) Help(hintKind string)                    { l.call("Help", hintKind) }
func (l *Link) LookForUpdates(on bool)                  { l.call("LookForUpdates", on) }
func (l *Link) InstallUpdate()                          { l.call("InstallUpdate") }
func (l *Link) GetModel(serverID, model string)         { l.call("GetModel", serverID, model) }
func (l *Link) PauseDownload(id string)                 { l.call("PauseDownload", id) }
func (l *Link) ResumeDownload(id string)                { l.call("ResumeDownload", id) }
func (l *Link) CancelDownload(id string)                { l.call("CancelDownload", id) }
