package ui

import (
	"modelbeam/app"
	"modelbeam/app/doctor"
)

// Controller is what the window needs of the core, which is in another process. Every method returns at once and may be
// called from any goroutine; what it caused arrives as the next State.
type Controller interface {
	// Watch calls fn with whole snapshots, one at a time, the current one first, until stop.
	Watch(fn func(app.State)) (stop func())
	// Pause stops answering phones until Resume.
	Pause()
	Resume()
	// ShowCode says whether anybody can see the pairing code: it is valid only while somebody can.
	ShowCode(visible bool)
	// RemoveDevice takes a phone's key away and ends what it is doing.
	RemoveDevice(id string)
	RenameDevice(id, name string)
	// PauseDevice keeps a phone out until it is called again with false.
	PauseDevice(id string, paused bool)
	// Invite makes the pairing codes guest codes; the zero Invitation makes them ordinary again.
	Invite(i app.Invitation)
	// UseAddress puts this address into the QR code; an empty one means the best.
	UseAddress(ip string)
	// CodeApps are the apps that bring their own scanner, for a QR code of their own.
	CodeApps() []app.CodeApp
	// AppCode makes a key for one of them, which expires unless it is used within 10 minutes, and
	// calls show on any goroutine with the QR code's text, or with "" if that failed.
	AppCode(appID string, show func(text string))
	// AddServer shares a server by its address; key is the one that it wants, or empty.
	AddServer(rawURL, key string)
	// TestServer asks a server who it is, and calls done on any goroutine.
	TestServer(rawURL, key string, done func(app.TestResult))
	// Examine finds out why a phone that shows this cannot connect, and LetPhonesIn opens the firewall that it named.
	// Both call done on any goroutine with what is in the way.
	Examine(shows doctor.Shows, done func(doctor.Diagnosis))
	LetPhonesIn(done func(doctor.Diagnosis))
	// RemoveServer forgets a server that was added by hand.
	RemoveServer(id string)
	// HideServer and HideModel keep a server, or one model of it, from phones.
	HideServer(id string, hidden bool)
	HideModel(serverID, model string, hidden bool)
	// MoveServer changes the order of preference: -1 is one place up.
	MoveServer(id string, by int)
	// StartAtLogin has the system start Modelbeam when the person logs in, or not any more.
	StartAtLogin(on bool)
	// StayAwake keeps the computer awake all the time that it is plugged in and sharing, or only for answers.
	StayAwake(plugged bool)
	// UseLanguage has the screens of this computer speak a language, by its tag; the empty one is the system's.
	UseLanguage(tag string)
	// Help is the button of a Hint of this kind.
	Help(hintKind string)
	// Retry is the button of the State's Problem.
	Retry()
	// LookForUpdates says whether Modelbeam may look for new versions of itself, and InstallUpdate puts the one
	// that the State offers in place.
	LookForUpdates(on bool)
	InstallUpdate()
	// GetModel has a server download a model. PauseDownload stops that until ResumeDownload, which also tries one
	// again that failed; CancelDownload stops and forgets one.
	GetModel(serverID, model string)
	PauseDownload(id string)
	ResumeDownload(id string)
	CancelDownload(id string)
	// Shown says that the window is on the screen, in front of the others.
	Shown()
	// Quit ends the service and, when that has ended, the window.
	Quit()
}

// State is what the window shows: the newest snapshot that its buttons are those of. A key that is pressed from now on
// reaches them.
func (u *UI) State() app.State {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.seen
}

// Watch calls fn with what the window shows, once it does, one snapshot at a time, until stop. It leaves out those that
// the window does.
func (u *UI) Watch(fn func(app.State)) (stop func()) { return u.shown.Watch(u.State, fn) }

// tell says that the window shows s.
func (u *UI) tell(s app.State) {
	u.mu.Lock()
	u.seen = s
	u.mu.Unlock()
	u.shown.Changed()
}
