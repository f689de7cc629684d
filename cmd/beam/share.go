package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"modelbeam/app"
	"modelbeam/app/instance"
)

// runShare is beam without a sub-command: it shares until ctx ends.
func runShare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	var version bool
	words, err := parse("beam", &o, args, stderr, func(fs *flag.FlagSet) {
		fs.BoolVar(&version, "version", false, "print the version")
	})
	if err != nil {
		return err
	}
	if version {
		fmt.Fprintln(stdout, "beam", app.Version)
		return nil
	}
	if len(words) > 0 {
		return fmt.Errorf("%q is not a beam command: try scan, devices or --help", words[0])
	}
	log := o.NewLog(stderr)
	held, err := instance.Acquire(o.StateDir, nil, log)
	if err != nil {
		return err
	}
	defer held.Close()
	return share(ctx, app.New(o, log), o, stdout)
}

// share runs the controller and renders it. Without a window there is nobody to answer a
// question, so a gateway that cannot open ends it.
func share(ctx context.Context, c *app.Controller, o app.Options, stdout io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.ShowCode(true)
	if o.JSON {
		defer c.WriteEvents(stdout)()
	} else {
		t := newTerminal(stdout)
		defer c.Watch(t.render)()
	}
	defer c.Watch(func(s app.State) {
		if s.Phase == app.Failed {
			cancel(errors.New(s.Problem.TerminalSentence()))
		}
	})()
	c.Run(ctx)
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
