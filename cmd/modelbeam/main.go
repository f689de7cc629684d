// Command modelbeam is the desktop app: a window with the QR code, and a tray icon. Its flags
// are those of beam.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	fyneapp "fyne.io/fyne/v2/app"

	"modelbeam/app"
	"modelbeam/app/flags"
	"modelbeam/app/instance"
	"modelbeam/app/plain"
	"modelbeam/app/ui"
	"modelbeam/app/words"
)

// endWithin is how long the core may take to end after the window is gone.
const endWithin = 3 * time.Second

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		_ = plain.Printf(os.Stderr, "modelbeam: %s\n", err)
		os.Exit(1)
	}
}

// run wires the parts and returns when the person has quit. Only the main goroutine may call it:
// the window lives there.
func run(args []string, stdout, stderr io.Writer) error {
	var o app.Options
	fs := flags.New("modelbeam")
	o.Register(fs)
	version := fs.Bool("version", false, "print the version")
	words, err := flags.Parse(fs, args, "Flags of modelbeam:\n", stderr)
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
	if !hasScreen() {
		return errors.New("there is no screen here: beam does the same in a terminal")
	}
	return open(o, stdout, o.NewLog(stderr))
}

// open shows the window, unless another Modelbeam already has one: then that comes to the front.
func open(o app.Options, stdout io.Writer, log *slog.Logger) error {
	var window atomic.Pointer[ui.UI]
	held, err := instance.Acquire(o.StateDir, func() {
		if u := window.Load(); u != nil {
			u.Show()
		}
	}, log)
	if running := (*instance.RunningError)(nil); errors.As(err, &running) && running.Shown {
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Close()

	c := app.New(o, log)
	if o.JSON {
		defer c.WriteEvents(stdout)()
	}
	if err := words.LoadTranslations(); err != nil {
		return err
	}
	fyneapp.SetMetadata(metadata())
	u := ui.New(fyneapp.NewWithID(appID), c)
	window.Store(u)

	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.Run(ctx)
	}()
	u.Run() // ends on Quit, and on SIGINT and SIGTERM, which Fyne takes for itself
	cancel()
	select {
	case <-ended:
	case <-time.After(endWithin):
		log.Warn("quit before everything had ended")
	}
	return nil
}
