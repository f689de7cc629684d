package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"modelbeam/app"
	"modelbeam/app/download"
	"modelbeam/app/plain"
	"modelbeam/app/words"
)

// step is how much of a download comes between two lines where they cannot be replaced, in percent.
const step = 10

// progress prints how far a download is: one line that is replaced, a line now and then where that is not possible,
// or an event for each change.
type progress struct {
	out  io.Writer
	json bool
	tty  bool
	last string // what was printed
	far  int64  // of it, in steps
	open bool   // the line has no end yet
}

func newProgress(out io.Writer, asJSON bool) *progress {
	return &progress{out: out, json: asJSON, tty: newTerminal(out).tty, far: -1}
}

// show prints d, unless there is nothing new to say.
func (p *progress) show(d app.Download) {
	if p.json {
		_ = plain.Encode(p.out, app.Event{Event: "download", Time: time.Now().UTC(), Detail: d})
		return
	}
	line := plain.Text(words.ModelName(d.Model) + ": " + how(d))
	far := int64(0)
	if d.Total > 0 {
		far = d.Done * 100 / d.Total / step
	}
	coming := d.Phase == download.Downloading && d.Failure == nil
	if line == p.last || !p.tty && coming && far == p.far {
		return
	}
	p.last, p.far = line, far
	if p.tty {
		p.replace(line, !d.Running())
		return
	}
	fmt.Fprintln(p.out, line)
}

// replace puts a line in place of the last one (ECMA-48: EL), and ends it when it is the last.
func (p *progress) replace(line string, over bool) {
	end := ""
	if over {
		end = "\n"
	}
	fmt.Fprint(p.out, "\r"+line+"\x1b[K"+end)
	p.open = !over
}

// end ends a line that was to be replaced.
func (p *progress) end() {
	if p.open {
		fmt.Fprintln(p.out)
	}
}

// how says how a download is doing, and what is wrong.
func how(d app.Download) string {
	parts := []string{words.DownloadLine(d), words.DownloadTrouble(d)}
	if parts[0] == "" || parts[1] == "" {
		return strings.Join(parts, "")
	}
	return strings.Join(parts, ". ")
}
