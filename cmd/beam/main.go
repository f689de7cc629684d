// Command beam is Modelbeam in a terminal: it finds the local LLM servers, opens the gateway
// for phones and shows the QR code, without a window.
//
// Its commands are in the text of --help, below, and in README.md beside this file.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"modelbeam/app"
	"modelbeam/app/plain"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us even if the first cannot
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		if !errors.Is(err, errUsage) { // flag has already said what is wrong
			_ = plain.Printf(os.Stderr, "beam: %s\n", err)
		}
		stop()
		os.Exit(1)
	}
}

// errUsage says that the command line made no sense, and that the person was told.
var errUsage = errors.New("usage")

// run does what the command line args says until it is done or ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "devices":
			return runDevices(args[1:], stdout, stderr)
		case "scan":
			return runScan(ctx, args[1:], stdout, stderr)
		}
	}
	return runShare(ctx, args, stdout, stderr)
}

// parse reads flags wherever they stand, and returns the other words: people type
// "devices add x --json".
func parse(fs *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, errUsage
		}
		if fs.NArg() == 0 {
			return words, nil
		}
		words = append(words, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// commandHelp lists the commands, for --help.
const commandHelp = `Usage:
  beam                             share AI servers with phones, and print a QR code
  beam scan                        print the AI servers that are running on this machine
  beam devices                     list the paired devices
  beam devices add NAME            make a device, and print its key this once
  beam devices remove NAME|ID      remove a device: its key is void
  beam devices pause NAME|ID       let nothing from a device through
  beam devices resume NAME|ID      let it through again
  beam devices rename NAME|ID NEW  give it another name

Flags, for every command:
`

// newFlags are the flags of one sub-command, with the shared ones.
func newFlags(name string, o *app.Options, stderr io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(stderr)
	o.Register(fs)
	fs.Usage = func() {
		fmt.Fprint(stderr, commandHelp)
		fs.PrintDefaults()
	}
	return fs
}
