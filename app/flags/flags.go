// Package flags reads the command lines of both commands, and says what there is to type. It is package flag
// with two dashes in every text, as people write them, and with one sentence about what is wrong where
// that prints all flags. Its functions are for one goroutine at a time.
package flags

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// New returns an empty set of flags, named after the command as a person types it. It prints nothing by
// itself.
func New(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {} // Parse says what is to be said
	return fs
}

// Parse reads flags wherever they stand in args, and returns the other words: people type "devices add x
// --json". For --help it prints intro and the flags to out, and returns flag.ErrHelp. Any other error is one
// sentence about what is wrong, with the next step.
func Parse(fs *flag.FlagSet, args []string, intro string, out io.Writer) (words []string, err error) {
	for {
		err := fs.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, errors.Join(print(out, intro, fs), flag.ErrHelp)
		case err != nil:
			return nil, fmt.Errorf("%s (try %s --help)", dashed(err.Error()), fs.Name())
		case fs.NArg() == 0:
			return words, nil
		}
		words = append(words, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// oneDash finds a flag in the errors of package flag, but not in what the person wrote as its value.
var oneDash = regexp.MustCompile(`^(flag provided but not defined: |flag needs an argument: |invalid (?:boolean )?(?:value ".*" )?(?:for |flag )+)-(\w)`)

func dashed(message string) string { return oneDash.ReplaceAllString(message, "$1--$2") }

// print prints intro and then every flag, in the order of their names.
func print(out io.Writer, intro string, fs *flag.FlagSet) error {
	var b strings.Builder
	b.WriteString(intro)
	fs.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if value != "" {
			value = " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" {
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		fmt.Fprintf(&b, "  --%s%s\n        %s\n", f.Name, value, usage)
	})
	_, err := io.WriteString(out, b.String())
	return err
}

// Without returns the flags in args, which fs has parsed, but for those of some names.
func Without(fs *flag.FlagSet, args []string, names ...string) (rest []string) {
	for len(args) > 0 {
		taken := 1
		name, _, joined := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
		if f := fs.Lookup(name); f != nil && !joined && !isSwitch(f) && len(args) > 1 {
			taken = 2
		}
		if strings.HasPrefix(args[0], "-") && !slices.Contains(names, name) {
			rest = append(rest, args[:taken]...)
		}
		args = args[taken:]
	}
	return rest
}

// isSwitch reports whether a flag takes no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
