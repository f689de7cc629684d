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
	"modelbeam/app/words"
)

// runDevices is beam devices. It edits the list on disk; a running Modelbeam notices at once.
func runDevices(_ context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	rest, err := parse("beam devices", &o, args, stderr)
	if err != nil {
		return err
	}
	list, err := devices.Open(app.DevicesPath(o.StateDir))
	if err != nil {
		return explain(err)
	}
	p := printer{stdout, o.JSON}
	if len(rest) == 0 || rest[0] == "list" && len(rest) == 1 {
		return listDevices(list, o.StateDir, p)
	}
	if do, ok := verbs[rest[0]]; ok && len(rest) == 1+do.words {
		return do.run(list, rest[1:], o, p)
	}
	return errors.New("usage: beam devices [list | add NAME | remove|pause|resume NAME|ID | rename NAME|ID NEW]")
}

// verb is what beam devices can do to one device.
type verb struct {
	words int // that follow it
	run   func(list *devices.Store, rest []string, o app.Options, p printer) error
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

func addDevice(list *devices.Store, rest []string, o app.Options, p printer) error {
	d, key, err := list.Add(rest[0], o.Guest.Pass(time.Now()))
	if err != nil {
		return err // a key that is not on the disk works nowhere
	}
	if p.json {
		line := shown(d)
		line.Key = key
		return p.object(line)
	}
	return p.sentence(key + "\n" + words.L("This is the key of {{.Name}}. It is shown only now.", words.Values{"Name": d.Name}))
}

func removeDevice(list *devices.Store, rest []string, _ app.Options, p printer) error {
	d, err := list.Remove(rest[0])
	return p.done(d, err, words.L("Removed {{.Name}} ({{.ID}}). Its key no longer works.", named(d)))
}

func pauseDevice(list *devices.Store, rest []string, _ app.Options, p printer) error {
	d, err := list.SetPaused(rest[0], true)
	return p.done(d, err, words.L("Paused {{.Name}} ({{.ID}}).", named(d)))
}

func resumeDevice(list *devices.Store, rest []string, _ app.Options, p printer) error {
	d, err := list.SetPaused(rest[0], false)
	return p.done(d, err, words.L("Resumed {{.Name}} ({{.ID}}).", named(d)))
}

func renameDevice(list *devices.Store, rest []string, _ app.Options, p printer) error {
	d, err := list.Rename(rest[0], rest[1])
	return p.done(d, err, words.L("Its name is now {{.Name}} ({{.ID}}).", named(d)))
}

// printer prints for a person or, with json, one object a line for a script.
type printer struct {
	out  io.Writer
	json bool
}

func (p printer) object(v any) error { return plain.Encode(p.out, v) }

func (p printer) sentence(text string) error { return plain.Printf(p.out, "%s\n", text) }

// named are the fields of a sentence about d.
func named(d devices.Device) words.Values { return words.Values{"Name": d.Name, "ID": d.ID} }

// done tells what became of d in a sentence.
func (p printer) done(d devices.Device, err error, sentence string) error {
	if err != nil {
		return err
	}
	if p.json {
		return p.object(shown(d))
	}
	return p.sentence(sentence)
}
