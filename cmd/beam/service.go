package main

import (
	"context"
	"errors"
	"io"

	"modelbeam/app"
	"modelbeam/app/control"
	"modelbeam/app/instance"
	"modelbeam/app/plain"
)

// runService is beam service: it shares until somebody ends it, and shows itself only in the tray and to
// windows and terminals that attach.
func runService(ctx context.Context, args []string, _, stderr io.Writer) error {
	var o app.Options
	words, err := parse("beam service", &o, args, stderr)
	if err != nil {
		return err
	}
	if len(words) > 0 {
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
	serve(ctx, c, &server, o.StateDir, log)
	return nil
}
