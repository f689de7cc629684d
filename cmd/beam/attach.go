package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"

	"modelbeam/app"
	"modelbeam/app/control"
	"modelbeam/app/instance"
	"modelbeam/app/plain"
	"modelbeam/app/words"
)

// attach shows the Modelbeam that runs with the state folder until ctx or that one ends. It goes on when we
// end. running is the error where it cannot be shown; ignored are flags that it will not follow.
func attach(ctx context.Context, o app.Options, running *instance.RunningError, ignored []string, stdout, stderr io.Writer) error {
	link, err := control.Open(ctx, control.Options{Dir: o.StateDir, Role: control.RoleTerminal, Events: o.JSON})
	if errors.Is(err, control.ErrNotRunning) {
		return running // it is just starting or ending
	}
	if err != nil {
		return err
	}
	if len(ignored) > 0 {
		_ = plain.Printf(stderr, "beam: %s. It is shown here; to give it %s, end it first: beam stop\n", running, strings.Join(ignored, " "))
	}
	link.ShowCode(true)
	defer render(link, o, stdout)()
	return link.Run(ctx)
}

// ignored are the flags given that say how to share, of no use to who only shows what is shared.
func ignored(fs *flag.FlagSet) (names []string) {
	fs.Visit(func(f *flag.Flag) {
		if f.Name != "state" && f.Name != "json" && f.Name != "verbose" {
			names = append(names, "--"+f.Name)
		}
	})
	return names
}

// render prints what from tells until stop: text for people, or events for scripts.
func render(from app.Source, o app.Options, stdout io.Writer) (stop func()) {
	if o.JSON {
		return app.WriteEvents(from, stdout)
	}
	return from.Watch(newTerminal(stdout).render)
}

// runStop is beam stop: it ends whatever runs with the state folder, and waits for that.
func runStop(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	rest, err := parse("beam stop", &o, args, stderr)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errors.New("usage: beam stop")
	}
	err = control.Stop(ctx, o.StateDir)
	if errors.Is(err, control.ErrNotRunning) {
		return plain.Printf(stdout, "%s\n", words.L("Modelbeam is not running."))
	}
	if err != nil {
		return err
	}
	return plain.Printf(stdout, "%s\n", words.L("Modelbeam has ended."))
}
