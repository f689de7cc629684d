// Command modelbeam is the desktop app: a window with the QR code, which shows the service that beam runs in
// the background, and starts it where none runs. Its flags are those of beam, and for the service.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	fyneapp "fyne.io/fyne/v2/app"

	"modelbeam/app"
	"modelbeam/app/alert"
	"modelbeam/app/control"
	"modelbeam/app/flags"
	"modelbeam/app/logfile"
	"modelbeam/app/plain"
	"modelbeam/app/ui"
	"modelbeam/app/words"
)

// help stands before the flags in the text of --help.
const help = `Usage:
  modelbeam           show the window, and share in the background
  modelbeam --hidden  share in the background, without a window

Closing the window ends nothing; Quit in its settings or in the tray does, and so does beam stop.
All commands are those of beam: see beam --help.

Flags:
`

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		_ = plain.Printf(os.Stderr, "modelbeam: %s\n", err)
		if alert.Needed(os.Stderr) && !errors.Is(err, ui.ErrNotDrawn) { // the service tells of that
			alert.Show(context.Background(), "Modelbeam", err.Error())
		}
		os.Exit(1)
	}
}

// run wires the parts and returns when the window is closed. Only the main goroutine may call it:
// the window lives there.
func run(args []string, stdout, stderr io.Writer) error {
	var o app.Options
	fs := flags.New("modelbeam")
	o.Register(fs)
	version := fs.Bool("version", false, "print the version")
	hidden := fs.Bool("hidden", false, "start sharing in the background, show no window, and exit")
	words, err := flags.Parse(fs, args, help, stderr)
	if err != nil {
		return err
	}
	if *version {
		fmt.Fprintln(stdout, "modelbeam", app.Version)
		return nil
	}
	if len(words) > 0 {
		return fmt.Errorf("%q is not a flag (try modelbeam --help); only beam takes commands", words[0])
	}
	service, err := serviceCommand(fs, args, o.StateDir)
	if err != nil {
		return err
	}
	if *hidden {
		return control.Ensure(context.Background(), o.StateDir, service)
	}
	if !hasScreen() {
		return errors.New("there is no screen here: beam does the same in a terminal")
	}
	return open(o, service, stdout, stderr)
}

// open shows the window of the service, unless there is one already: then that comes to the front.
func open(o app.Options, service []string, stdout, stderr io.Writer) error {
	var u *ui.UI
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	link, err := control.Open(ctx, control.Options{
		Dir: o.StateDir, Role: control.RoleWindow, Events: o.JSON, Service: service,
		Show: func() { u.Show() },
	})
	if errors.Is(err, control.ErrShown) {
		return nil
	}
	if err != nil {
		return err
	}
	file := logfile.Open(o.LogFolder(), "window", true)
	defer file.Close()
	log.SetOutput(io.MultiWriter(file, stderr)) // Fyne logs there; a window of Windows has no stderr
	link.ShowCode(true)
	if err := words.LoadTranslations(link.State().Language); err != nil {
		return err
	}
	makeCacheFolder()
	fyneapp.SetMetadata(metadata())
	ui.Respect(ctx)
	u = ui.New(fyneapp.NewWithID(app.ID), link, o.LogFolder())
	if o.JSON {
		defer app.WriteEvents(seen{u, link}, stdout)()
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = link.Run(ctx) // it does not fail: a window can start the service again
		if ctx.Err() == nil {
			u.Quit()
		}
	}()
	err = u.Run() // ends when the window is closed, and on SIGINT and SIGTERM, which Fyne takes for itself
	cancel()
	<-ended
	return err
}

// seen is what the window shows, with all that happens: who reads of a State there can press what the window has for it.
type seen struct {
	*ui.UI
	link *control.Link
}

func (s seen) Events(fn func(app.Event)) (stop func()) { return s.link.Events(fn) }
