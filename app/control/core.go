package control

import (
	"encoding/json"
	"fmt"

	"modelbeam/app"
	"modelbeam/app/doctor"
)

// Core is what can be shown and called from another process: the Controller.
type Core interface {
	app.Source
	Pause()
	Resume()
	ShowCode(visible bool)
	RemoveDevice(id string)
	RenameDevice(id, name string)
	PauseDevice(id string, paused bool)
	Invite(i app.Invitation)
	UseAddress(ip string)
	CodeApps() []app.CodeApp
	AppCode(appID string, show func(text string))
	AddServer(rawURL, key string)
	TestServer(rawURL, key string, done func(app.TestResult))
	Examine(shows doctor.Shows, done func(doctor.Diagnosis))
	LetPhonesIn(done func(doctor.Diagnosis))
	RemoveServer(id string)
	HideServer(id string, hidden bool)
	HideModel(serverID, model string, hidden bool)
	MoveServer(id string, by int)
	StartAtLogin(on bool)
	StayAwake(plugged bool)
	UseLanguage(tag string)
	Help(hintKind string)
	Retry()
	LookForUpdates(on bool)
	InstallUpdate()
	GetModel(serverID, model string)
	PauseDownload(id string)
	ResumeDownload(id string)
	CancelDownload(id string)
}

// method runs a call; answer takes its result, on any goroutine, where the call wants one.
type method func(args []json.RawMessage, answer func(any)) error

// methods are what a client may call, by name. ShowCode and Invite are not here: they hold for as long as
// their client is there, so its session has them.
func methods(c Core) map[string]method {
	return map[string]method{
		"Pause":          none(c.Pause),
		"Resume":         none(c.Resume),
		"RemoveDevice":   one(c.RemoveDevice),
		"RenameDevice":   two(c.RenameDevice),
		"PauseDevice":    two(c.PauseDevice),
		"UseAddress":     one(c.UseAddress),
		"AddServer":      two(c.AddServer),
		"RemoveServer":   one(c.RemoveServer),
		"HideServer":     two(c.HideServer),
		"HideModel":      three(c.HideModel),
		"MoveServer":     two(c.MoveServer),
		"Help":           one(c.Help),
		"Retry":          none(c.Retry),
		"LookForUpdates": one(c.LookForUpdates),
		"InstallUpdate":  none(c.InstallUpdate),
		"StartAtLogin":   one(c.StartAtLogin),
		"StayAwake":      one(c.StayAwake),
		"GetModel":       two(c.GetModel),
		"PauseDownload":  one(c.PauseDownload),
		"ResumeDownload": one(c.ResumeDownload),
		"CancelDownload": one(c.CancelDownload),
		"UseLanguage":    one(c.UseLanguage),
		"AppCode": func(args []json.RawMessage, answer func(any)) error {
			return one(func(id string) { c.AppCode(id, func(text string) { answer(text) }) })(args, nil)
		},
		"TestServer": func(args []json.RawMessage, answer func(any)) error {
			return two(func(url, key string) { c.TestServer(url, key, func(r app.TestResult) { answer(r) }) })(args, nil)
		},
		"Examine": func(args []json.RawMessage, answer func(any)) error {
			return one(func(shows doctor.Shows) { c.Examine(shows, func(d doctor.Diagnosis) { answer(d) }) })(args, nil)
		},
		"LetPhonesIn": func(args []json.RawMessage, answer func(any)) error {
			return none(func() { c.LetPhonesIn(func(d doctor.Diagnosis) { answer(d) }) })(args, nil)
		},
	}
}

func none(f func()) method {
	return func(args []json.RawMessage, _ func(any)) error {
		err := read(args)
		if err == nil {
			f()
		}
		return err
	}
}

func one[A any](f func(A)) method {
	return func(args []json.RawMessage, _ func(any)) error {
		var a A
		err := read(args, &a)
		if err == nil {
			f(a)
		}
		return err
	}
}

func two[A, B any](f func(A, B)) method {
	return func(args []json.RawMessage, _ func(any)) error {
		var a A
		var b B
		err := read(args, &a, &b)
		if err == nil {
			f(a, b)
		}
		return err
	}
}

func three[A, B, C any](f func(A, B, C)) method {
	return func(args []json.RawMessage, _ func(any)) error {
		var a A
		var b B
		var c C
		err := read(args, &a, &b, &c)
		if err == nil {
			f(a, b, c)
		}
		return err
	}
}

// read decodes the arguments of a call, of which there must be as many as wanted.
func read(args []json.RawMessage, into ...any) error {
	if len(args) != len(into) {
		return fmt.Errorf("%d arguments, want %d", len(args), len(into))
	}
	for i, arg := range args {
		if err := json.Unmarshal(arg, into[i]); err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	return nil
}
