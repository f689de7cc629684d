package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/skip2/go-qrcode"

	"modelbeam/app"
	"modelbeam/app/awake"
	"modelbeam/app/plain"
)

// terminal renders States as text: the QR code and a few lines, again whenever they change.
type terminal struct {
	out  io.Writer
	tty  bool // a terminal, where what was printed can be replaced
	last string
}

func newTerminal(out io.Writer) *terminal {
	f, ok := out.(*os.File)
	if !ok {
		return &terminal{out: out}
	}
	info, err := f.Stat()
	return &terminal{out: out, tty: err == nil && info.Mode()&os.ModeCharDevice != 0 && followsEscapes(f)}
}

// render prints s, unless it would look like the last one.
func (t *terminal) render(s app.State) {
	text := t.screen(s)
	if text == t.last || text == "" {
		return
	}
	t.last = text
	if t.tty {
		text = clearScreen + text
	}
	_, _ = io.WriteString(t.out, text) // a terminal that is gone ends us by a signal
}

// clearScreen moves to the top left corner and erases what is below (ECMA-48: CUP, ED).
const clearScreen = "\x1b[H\x1b[J"

func (t *terminal) screen(s app.State) string {
	if s.Phase == app.Searching && s.Pairing.Code == "" {
		return "" // a moment at the start
	}
	var b strings.Builder
	_ = plain.Printf(&b, "%s\n", headline(s))
	if s.Pairing.URL != "" && (s.Phase == app.Sharing || s.Phase == app.Empty) {
		b.WriteString("\n" + t.qr(s.Pairing.URL) + "\n")
		_ = plain.Printf(&b, "Scan with your phone's camera, on the same Wi-Fi.\n")
		_ = plain.Printf(&b, "Or open %s there and type %s\n", s.URLs[0], s.Pairing.Code)
		if g := s.Pairing.Guest; g != nil {
			_ = plain.Printf(&b, "Whoever scans it becomes a guest: %s.\n", limits(g))
		}
	}
	if s.Problem != nil {
		_ = plain.Printf(&b, "\n%s\n", s.Problem.TerminalSentence())
	}
	if s.Waiting && s.Problem == nil {
		_ = plain.Printf(&b, "\nPhone cannot connect? Run: beam doctor\n")
	}
	if s.JustPaired != "" {
		_ = plain.Printf(&b, "\n%s is connected.\n", s.JustPaired)
	}
	if len(s.Devices) > 0 {
		_ = plain.Printf(&b, "\nPhones: %s\n", phones(s.Devices))
	}
	if line := awakeLine(s.Awake); line != "" {
		_ = plain.Printf(&b, "%s\n", line)
	}
	return b.String()
}

func headline(s app.State) string {
	switch s.Phase {
	case app.Searching:
		return "Looking for AI apps on this computer."
	case app.Empty:
		return "No AI app is running on this computer. Start Ollama or LM Studio; it will appear here automatically."
	case app.Offline:
		return "No phone can reach this computer."
	case app.Failed:
		return "Modelbeam cannot share."
	case app.Paused:
		return "Paused."
	}
	if s.OnlyDemo() {
		return "No AI app is running on this computer: phones can try the built-in demo."
	}
	return sharing(s)
}

// sharing says what phones can use, or why there is nothing.
func sharing(s app.State) string {
	var names, waiting []string
	for _, srv := range s.Servers {
		switch {
		case srv.Demo() || !srv.Online || srv.Hidden || slices.Contains(names, srv.Name):
		case srv.NeedsKey:
			waiting = append(waiting, srv.Name+" needs a key.")
		case srv.Loading:
			waiting = append(waiting, srv.Name+" is loading its model.")
		default:
			names = append(names, srv.Name)
		}
	}
	if len(names) == 0 {
		return cmp.Or(strings.Join(waiting, " "), "Nothing is shared with phones.")
	}
	noun := "models"
	if s.Models() == 1 {
		noun = "model"
	}
	return fmt.Sprintf("Sharing %d %s from %s.", s.Models(), noun, list(names))
}

// list is "A", "A and B" or "A, B and C".
func list(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func phones(ds []app.Device) string {
	names := make([]string, len(ds))
	for i, d := range ds {
		names[i] = d.Name
		switch {
		case d.Active > 0:
			names[i] += " (answering now)"
		case d.Paused:
			names[i] += " (paused)"
		case d.Guest != nil:
			names[i] += " (guest)"
		}
	}
	return strings.Join(names, ", ")
}

// awakeLine says for whom this computer does not go to sleep, or that it may.
func awakeLine(a app.Awake) string {
	switch {
	case len(a.For) > 0 && a.Held:
		return fmt.Sprintf("This computer stays awake for %s.", list(a.For))
	case a.WhyNot == awake.LowBattery:
		return "The battery is low. Plug this computer in, or it may go to sleep while phones wait."
	}
	return ""
}

// qr draws the code with two rows of modules in a line of half blocks. On a terminal it sets
// its own colours: cameras want dark on light, whatever the theme.
func (t *terminal) qr(text string) string {
	code, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		return "" // only for a text that is far too long; the address is printed below
	}
	if !t.tty {
		return code.ToSmallString(false)
	}
	var b strings.Builder
	for line := range strings.Lines(halfBlocks(code.Bitmap())) {
		b.WriteString("\x1b[30;107m" + strings.TrimSuffix(line, "\n") + "\x1b[0m\n")
	}
	return b.String()
}

// halfBlocks draws dark modules as ink.
func halfBlocks(m [][]bool) string {
	var b strings.Builder
	for y := 0; y < len(m); y += 2 {
		for x := range m[y] {
			lower := y+1 < len(m) && m[y+1][x]
			b.WriteRune([]rune(" ▀▄█")[index(m[y][x], lower)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func index(upper, lower bool) (i int) {
	if upper {
		i++
	}
	if lower {
		i += 2
	}
	return i
}
