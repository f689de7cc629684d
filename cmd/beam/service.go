package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"

	"modelbeam/app"
	"modelbeam/app/control"
	"modelbeam/app/instance"
	"modelbeam/app/launch"
	"modelbeam/app/plain"
	"modelbeam/app/programs"
	"modelbeam/app/tray"
	"modelbeam/app/words"
)

// runService is beam service: it shares until somebody ends it, and shows itself only in the tray and to
// windows and terminals that attach.
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
	log := o.NewLog(stderr)
	c := app.New(o, log)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server.Core, server.Stop, server.Log = c, stop, log
	var serving sync.WaitGroup
	serving.Go(func() { serve(ctx, c, &server, o.StateDir, log) })
	showTray(ctx, c, o.StateDir, stop, log)
	serving.Wait()
	return nil
}

// showTray shows the service in the tray until ctx ends. On macOS that takes the main goroutine.
func showTray(ctx context.Context, c *app.Controller, dir string, quit func(), log *slog.Logger) {
	if err := words.LoadTranslations(); err != nil {
		log.Warn("the tray is in English", "error", err)
	}
	var windows sync.WaitGroup
	defer windows.Wait()
	actions := tray.Actions{Quit: quit}
	if window := programs.Window(); window != nil {
		window = append(window, "--state", dir)
		actions.Show = func() {
			windows.Go(func() {
				if err := launch.Run(ctx, window, nil); err != nil {
					log.Warn("the window could not be opened", "error", err)
				}
			})
		}
	}
	tray.Run(ctx, c, actions)
}
