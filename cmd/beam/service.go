package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"

	"modelbeam/app"
	"modelbeam/app/alert"
	"modelbeam/app/control"
	"modelbeam/app/instance"
	"modelbeam/app/launch"
	"modelbeam/app/logfile"
	"modelbeam/app/plain"
	"modelbeam/app/programs"
	"modelbeam/app/tray"
	"modelbeam/app/words"
)

// runService is beam service: it shares until somebody ends it, and shows itself only in the tray and to
// windows and terminals that attach. What it has to say goes to a file: nobody reads its standard error once
// it runs.
func runService(ctx context.Context, args []string, _, stderr io.Writer) error {
	var o app.Options
	rest, err := parse("beam service", &o, args, stderr)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errors.New("usage: beam service")
	}
	var server control.Server
	defer server.Close()
	held, err := instance.Acquire(o.StateDir)
	if running := (*instance.RunningError)(nil); errors.As(err, &running) {
		return plain.Printf(stderr, "beam: %s.\n", running) // what was wanted is so
	}
	if err != nil {
		return err
	}
	defer held.Close()
	programs.ForgetOld()
	file := logfile.Open(o.LogFolder(), "service", true)
	defer file.Close()
	runDesktop(ctx, o, &server, o.NewLog(file, slog.LevelInfo))
	return nil
}

// runDesktop shares until ctx ends or somebody quits. On macOS the tray takes the main goroutine.
func runDesktop(ctx context.Context, o app.Options, server *control.Server, log *slog.Logger) {
	if err := words.LoadTranslations(); err != nil {
		log.Warn("the tray is in English", "error", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o.AtLogin = atLogin(o)
	c := app.New(o, log)
	d := &desktop{ctx: ctx, dir: o.StateDir, server: server, log: log}
	defer d.all.Wait()
	server.Core, server.Stop, server.Unseen, server.Log = c, stop, d.unseen, log
	d.all.Go(func() { serve(ctx, server, o.StateDir) })
	tray.Run(ctx, c, tray.Actions{Show: d.show(), Quit: stop})
}

// atLogin is the command line that starts this Modelbeam when the person logs in; nil where none is installed.
func atLogin(o app.Options) []string {
	command, err := programs.Hidden()
	if err != nil {
		return nil
	}
	return append(command, o.StateFlag()...)
}

// desktop is what the service does on the screen without a window of its own.
type desktop struct {
	ctx    context.Context
	dir    string // the state folder
	server *control.Server
	log    *slog.Logger
	all    sync.WaitGroup
}

// show brings the window to the front, or opens it, and returns at once. It is nil where beam is installed
// alone.
func (d *desktop) show() func() {
	window := programs.Window()
	if window == nil {
		return nil
	}
	window = append(window, "--state", d.dir)
	return func() {
		d.all.Go(func() {
			if d.server.ShowWindow() {
				return
			}
			if err := launch.Run(d.ctx, window, nil); err != nil {
				d.log.Error("open the window", "error", err)
			}
		})
	}
}

// unseen says that the window could not be opened: whoever waits for it would wait for ever. It is said here
// because a broken driver takes the whole process of the window with it.
func (d *desktop) unseen() {
	d.log.Error("the window ended before it could be seen; window.log may tell why")
	d.all.Go(func() {
		alert.Show(d.ctx, "Modelbeam", words.L("The window of Modelbeam cannot be opened, because of this computer's graphics driver. Phones can go on."))
	})
}
