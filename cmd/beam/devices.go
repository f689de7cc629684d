package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"modelbeam/app"
	"modelbeam/app/devices"
	"modelbeam/app/plain"
	"modelbeam/app/store"
)

// runDevices is beam devices. It edits the list on disk; a running Modelbeam notices at once.
func runDevices(_ context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	words, err := parse("beam devices", &o, args, stderr)
	if err != nil {
		return err
	}
	list, err := devices.Open(app.DevicesPath(o.StateDir))
	if err != nil {
		return explain(err)
	}
	p := printer{stdout, o.JSON}
	if len(words) == 0 || words[0] == "list" && len(words) == 1 {
		return listDevices(list, o.StateDir, p)
	}
	if do, ok := verbs[words[0]]; ok && len(words) == 1+do.words {
		return do.run(list, words[1:], o, p)
	}
	return errors.New("usage: beam devices [list | add NAME | remove|pause|resume NAME|ID | rename NAME|ID NEW]")
}

// verb is what beam devices can do to one device.
type verb struct {
	words int // that follow it
	run   func(list *devices.Store, words []string, o app.Options, p printer) error
}

var verbs = map[string]verb{
	"add":    {1, addDevice},
	"remove": {1, removeDevice},
	"pause":  {1, pauseDevice},
	"resume": {1, resumeDevice},
	"rename": {2, renameDevice},
}

// explain says what can be done about a broken list. Only a Modelbeam that is sharing sets it aside:
// this command may have been asked for nothing but a look.
func explain(err error) error {
	var broken *store.BrokenError
	if errors.As(err, &broken) {
		return fmt.Errorf("the list of devices in %s cannot be understood: repair it, or start beam, which sets it aside: %w", broken.Path, broken.Err)
	}
	return fmt.Errorf("the list of devices cannot be used: %w", err)
}

func addDevice(list *devices.Store, words []string, o app.Options, p printer) error {
	d, key, err := list.Add(words[0], o.Guest.Pass(time.Now()))
	if err != nil {
		return err // a key that is not on the disk works nowhere
	}
	if p.json {
		line := shown(d)
		line.Key = key
		return p.object(line)
	}
	return p.text("%s\nThis is the key of %q. It is shown only now.\n", key, d.Name)
}

func removeDevice(list *devices.Store, words []string, _ app.Options, p printer) error {
	d, err := list.Remove(words[0])
	return p.done(d, err, "Removed %s (%s). Its key is void.\n")
}

func pauseDevice(list *devices.Store, words []string, _ app.Options, p printer) error {
	d, err := list.SetPaused(words[0], true)
	return p.done(d, err, "Paused %s (%s).\n")
}

func resumeDevice(list *devices.Store, words []string, _ app.Options, p printer) error {
	d, err := list.SetPaused(words[0], false)
	return p.done(d, err, "Resumed %s (%s).\n")
}

func renameDevice(list *devices.Store, words []string, _ app.Options, p printer) error {
	d, err := list.Rename(words[0], words[1])
	return p.done(d, err, "It is now called %s (%s).\n")
}

// printer prints for a person or, with json, one object a line for a script.
type printer struct {
	out  io.Writer
	json bool
}

func (p printer) object(v any) error { return plain.Encode(p.out, v) }

func (p printer) text(format string, args ...any) error {
	return plain.Printf(p.out, format, args...)
}

// done tells what became of d, in a sentence with its name and its ID.
func (p printer) done(d devices.Device, err error, sentence string) error {
	if err != nil {
		return err
	}
	if p.json {
		return p.object(shown(d))
	}
	return p.text(sentence, d.Name, d.ID)
}
