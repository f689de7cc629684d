package ui

import "modelbeam/app"

// Controller is what the window needs of the core. Every method returns at once and may be
// called from any goroutine; what it caused arrives as the next State.
type Controller interface {
	// Watch calls fn with whole snapshots, one at a time, the current one first, until stop.
	Watch(fn func(app.State)) (stop func())
	// Pause stops answering phones until Resume.
	Pause()
	Resume()
	// ShowCode says whether somebody can see the pairing code: it lives only while one can.
	ShowCode(visible bool)
	// RemoveDevice takes a phone's key away and ends what it is doing.
	RemoveDevice(id string)
	RenameDevice(id, name string)
	// UseAddress puts this address into the QR code; an empty one means the best.
	UseAddress(ip string)
	// Retry is the button of the State's Problem.
	Retry()
}
