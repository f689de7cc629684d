package main

import (
	"context"
	"errors"
	"io"
	stdlog "log"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

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
	again, err := runOnce(ctx, o, stderr)
	if again == nil || err != nil {
		return err
	}
	over, cancel := context.WithCancel(context.Background())
	cancel() // what is started goes on without us
	return launch.Run(over, slices.Concat(again, args), nil)
}

// runOnce is the service from its start to its end. It returns the command line to start when it is over, in a
// new version, or nil.
func runOnce(ctx context.Context, o app.Options, stderr io.Writer) (again []string, err error) {
	var server control.Server
	defer server.Close()
	held, err := instance.Acquire(o.StateDir)
	if running := (*instance.RunningError)(nil); errors.As(err, &running) {
		return nil, plain.Printf(stderr, "beam: %s.\n", running) // what was wanted is so
	}
	if err != nil {
		return nil, err
	}
	defer held.Close()
	programs.ForgetOld()
	file := logfile.Open(o.LogFolder(), "service", true)
	defer file.Close()
	return runDesktop(ctx, o, &server, o.NewLog(file, slog.LevelInfo)), nil
}

// runDesktop shares until ctx ends or somebody quits. On macOS the tray takes the main goroutine.
func runDesktop(ctx context.Context, o app.Options, server *control.Server, log *slog.Logger) (again []string) {
	stdlog.SetFlags(0)
	stdlog.SetOutput(libraryLog{log})
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d := &desktop{ctx: ctx, end: stop, dir: o.StateDir, server: server, log: log}
	o.AtLogin, o.Restart = atLogin(o), d.restart
	c := app.New(o, log)
	if err := words.LoadTranslations(c.State().Language); err != nil {
		log.Warn("the tray is in English", "error", err)
	}
	server.Core, server.Stop, server.Unseen, server.Log = c, stop, d.unseen, log
	d.all.Go(func() { serve(ctx, c, server, o.StateDir) })
	tray.Run(ctx, c, tray.Actions{Show: d.show(), Quit: stop})
	d.all.Wait()
	if command := d.again.Load(); command != nil {
		return *command
	}
	return nil
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
	end    func() // ends ctx, and with it the service
	dir    string // the state folder
	server *control.Server
	log    *slog.Logger
	all    sync.WaitGroup
	again  atomic.Pointer[[]string] // what to start when the service has ended
	boxed  atomic.Bool              // a message box is on the screen
}

// restart ends the service, for a new version of it that is in place: with the window if there is one now.
func (d *desktop) restart() {
	command, err := programs.Hidden()
	if d.server.HasWindow() {
		command = programs.Window()
	}
	if err != nil || command == nil {
		d.log.Error("the new version cannot be started; this one goes on", "error", err)
		return
	}
	d.again.Store(&command)
	d.end()
}

// show brings the window to the front, or opens it, and returns at once. It is nil where beam is installed
// alone.
func (d *desktop) show() func() {
	window := programs.Window()
	if window == nil {
		return nil
	}
	window = append(window, "--state", d.dir)
	return func() { d.all.Go(func() { d.open(window) }) }
}

// open runs window, unless there is one that comes to the front, until that or the service ends.
func (d *desktop) open(window []string) {
	if d.server.ShowWindow() {
		return
	}
	if err := launch.Run(d.ctx, window, nil); err != nil {
		d.log.Error("open the window", "error", err)
		d.tellUnopened() // one that finds no OpenGL ends before it can say anything itself
	}
}

// unseen is told that a window ended before it was on the screen: a broken driver takes its whole process with it.
func (d *desktop) unseen() {
	d.log.Error("the window ended before it could be seen; window.log may tell why")
	d.tellUnopened()
}

// tellUnopened says that the window could not be opened: whoever waits for it would wait for ever. A person who tries
// again and again gets one message box at a time.
func (d *desktop) tellUnopened() {
	if d.boxed.Swap(true) {
		return
	}
	d.all.Go(func() {
		defer d.boxed.Store(false)
		alert.Show(d.ctx, "Modelbeam", words.L("Modelbeam's window could not open, probably because of the graphics driver: update it, then try again. Phones stay connected."))
	})
}
