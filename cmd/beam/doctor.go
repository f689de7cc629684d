package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"modelbeam/app"
	"modelbeam/app/control"
	"modelbeam/app/doctor"
	"modelbeam/app/plain"
	"modelbeam/app/words"
)

// errTrouble is the end of a command that has said what is wrong: there is nothing to add.
var errTrouble = errors.New("something keeps phones out")

// runDoctor is beam doctor: it has the running Modelbeam find out why a phone cannot connect.
func runDoctor(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	var shows string
	rest, err := parse("beam doctor", &o, args, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&shows, "shows", "", "beam doctor: what the phone shows: "+answers())
	})
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errors.New("usage: beam doctor [--shows " + strings.ReplaceAll(answers(), ", ", "|") + "]")
	}
	if shows != "" && !slices.Contains(doctor.Answers, doctor.Shows(shows)) {
		return fmt.Errorf("--shows takes one of %s", answers())
	}
	d, err := examine(ctx, o, doctor.Shows(shows))
	if ctx.Err() != nil {
		return errTrouble // the person knows
	}
	if err != nil {
		return err
	}
	if err := printDiagnosis(stdout, d, o.JSON); err != nil {
		return err
	}
	if d.Cause != doctor.Fine {
		return errTrouble
	}
	return nil
}

func answers() string {
	list := make([]string, len(doctor.Answers))
	for i, a := range doctor.Answers {
		list[i] = string(a)
	}
	return strings.Join(list, ", ")
}

// examine asks the Modelbeam that runs with the state folder.
func examine(ctx context.Context, o app.Options, shows doctor.Shows) (doctor.Diagnosis, error) {
	link, err := control.Open(ctx, control.Options{Dir: o.StateDir, Role: control.RoleTerminal})
	if errors.Is(err, control.ErrNotRunning) {
		return doctor.Of(doctor.NotRunning, nil), nil
	}
	if err != nil {
		return doctor.Diagnosis{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- link.Run(ctx) }()
	found := make(chan doctor.Diagnosis, 1)
	link.Examine(shows, func(d doctor.Diagnosis) { found <- d })
	select {
	case d := <-found:
		if err := ctx.Err(); err != nil {
			return doctor.Diagnosis{}, err // the link's end has answered, as if there were no service
		}
		cancel()
		<-ended
		return d, nil
	case err := <-ended:
		// The service may also have been stopped in the middle, which is no error to the link.
		return doctor.Diagnosis{}, cmp.Or(err, ctx.Err(), control.ErrEnded)
	}
}

func printDiagnosis(w io.Writer, d doctor.Diagnosis, asJSON bool) error {
	if asJSON {
		return printer{out: w}.object(app.Event{Event: "diagnosis", Time: time.Now().UTC(), Detail: d.Plain()})
	}
	in := func(pattern string) string { return words.Filled(pattern, d.Params) }
	lines := []string{in(d.Title), in(d.Question), in(d.Advice)}
	if !d.Sure && d.Question == "" {
		lines[0] = words.L("Most likely: {{.Cause}}", words.Values{"Cause": lines[0]})
	}
	if d.Command != "" {
		lines = append(lines, "  "+d.Command)
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	lines = append(lines, "")
	for _, line := range append(lines, strings.Split(strings.TrimSpace(d.Report), "\n")...) {
		if err := plain.Printf(w, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}
