package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"modelbeam/app"
	"modelbeam/app/control"
	"modelbeam/app/instance"
)

// runShare is beam without a sub-command: it shares until ctx ends. Where a Modelbeam shares already with the
// same state folder, it shows that one.
func runShare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	var version bool
	var fs *flag.FlagSet
	rest, err := parse("beam", &o, args, stderr, func(set *flag.FlagSet) {
		fs = set
		fs.BoolVar(&version, "version", false, "print the version")
	})
	if err != nil {
		return err
	}
	if version {
		fmt.Fprintln(stdout, "beam", app.Version)
		return nil
	}
	if len(rest) > 0 {
		return fmt.Errorf("%q is not a beam command: try beam --help", rest[0])
	}
	var server control.Server
	defer server.Close()
	held, err := instance.Acquire(o.StateDir)
	if running := (*instance.RunningError)(nil); errors.As(err, &running) {
		return attach(ctx, o, running, ignored(fs), stdout, stderr)
	}
	if err != nil {
		return err
	}
	defer held.Close()
	return share(ctx, &server, o, stdout, stderr)
}

// share runs the controller and renders it. Without a window there is nobody to answer a
// question, so a gateway that cannot open ends it.
func share(ctx context.Context, server *control.Server, o app.Options, stdout, stderr io.Writer) error {
	log := o.NewLog(stderr, slog.LevelWarn)
	o.AtLogin = atLogin(o)
	c := app.New(o, log)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	server.Core, server.Stop, server.Log = c, func() { cancel(nil) }, log
	server.ShowCode(true)
	defer render(c, o, stdout)()
	defer c.Watch(func(s app.State) {
		if s.Phase == app.Failed {
			cancel(errors.New(sentence(s.Problem)))
		}
	})()
	serve(ctx, c, server, o.StateDir)
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// serve runs the Controller until ctx ends, and lets windows and terminals attach to it. Where that is
// not possible, phones are served all the same.
func serve(ctx context.Context, c *app.Controller, s *control.Server, dir string) {
	var server sync.WaitGroup
	defer server.Wait()
	server.Go(func() {
		if l := listen(ctx, dir, s.Log); l != nil {
			s.Serve(ctx, l)
		}
	})
	c.Run(ctx)
}

// listenAgain is how often we try to open the control socket while that is not possible.
const listenAgain = 5 * time.Second

// listen opens the control socket as soon as that is possible: a full disk has room again some day. It is nil when
// ctx ended before.
func listen(ctx context.Context, dir string, log *slog.Logger) net.Listener {
	for told := false; ; told = true {
		l, err := control.Listen(dir)
		if err == nil {
			return l
		}
		if !told {
			log.Warn("no window and no other terminal can show this Modelbeam for now", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(listenAgain):
		}
	}
}
