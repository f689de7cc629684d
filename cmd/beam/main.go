// Command beam is Modelbeam in a terminal: it finds the AI apps on this computer, opens the gateway
// for phones and shows the QR code, without a window.
//
// Its commands are in the text of --help, below, and in README.md beside this file.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/signal"
	"syscall"

	"modelbeam/app"
	"modelbeam/app/flags"
	"modelbeam/app/plain"
	"modelbeam/app/settings"
	"modelbeam/app/words"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us even if the first cannot
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		if !errors.Is(err, errTrouble) {
			_ = plain.Printf(os.Stderr, "beam: %s\n", err)
		}
		stop()
		os.Exit(1)
	}
}

// commands are the words that beam takes first.
var commands = map[string]func(ctx context.Context, args []string, stdout, stderr io.Writer) error{
	"devices": runDevices,
	"doctor":  runDoctor,
	"get":     runGet,
	"scan":    runScan,
	"service": runService,
	"stop":    runStop,
}

// run does what the command line args says until it is done or ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 && commands[args[0]] != nil {
		return commands[args[0]](ctx, args[1:], stdout, stderr)
	}
	return runShare(ctx, args, stdout, stderr)
}

// commandHelp lists the commands, for --help.
const commandHelp = `Usage:
  beam                             share AI apps with phones, and print a QR code; where a Modelbeam
                                   is running already, show that one
  beam service                     share in the background: no terminal, but a tray icon
  beam stop                        end the Modelbeam that is running
  beam doctor                      find out why a phone cannot connect
  beam scan                        print the AI apps that are running on this computer
  beam get                         list models that fit this computer, and those on their way
  beam get MODEL                   have the AI app download a model, or go on with that
  beam get pause MODEL             stop that for now
  beam get cancel MODEL            stop that for good
  beam devices                     list the paired devices
  beam devices add NAME            create a device and print its key (shown only once)
  beam devices remove NAME|ID      remove a device and void its key
  beam devices pause NAME|ID       block a device until it is resumed
  beam devices resume NAME|ID      unblock a device
  beam devices rename NAME|ID NEW  rename a device

Flags, for every command:
`

// parse reads args with the shared flags, and with those of one command that more adds, if any. It returns
// the words that are no flags. From then on we speak the language of the person whose state folder it is; help, and what is
// wrong with a command line, stay English as the commands are.
func parse(command string, o *app.Options, args []string, stderr io.Writer, more ...func(*flag.FlagSet)) ([]string, error) {
	fs := flags.New(command)
	o.Register(fs)
	for _, add := range more {
		add(fs)
	}
	rest, err := flags.Parse(fs, args, commandHelp, stderr)
	if err != nil {
		return nil, err
	}
	_ = words.LoadTranslations(settings.Language(o.StateDir)) // English is better than nothing
	return rest, nil
}
