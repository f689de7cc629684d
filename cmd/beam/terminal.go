package main

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"

	"modelbeam/app"
	"modelbeam/app/plain"
	"modelbeam/app/words"
)

// terminal renders States as text: the QR code and a few lines, again whenever they change. Where nobody looks at
// a screen, because the output goes elsewhere or is read aloud, it is words alone.
type terminal struct {
	out    io.Writer
	draws  bool // somebody looks at it, and can scan a code
	tty    bool // what was printed can be replaced
	colors bool
	last   string
}

func newTerminal(out io.Writer) *terminal {
	f, ok := out.(*os.File)
	if !ok {
		return &terminal{out: out}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || os.Getenv("TERM") == "dumb" {
		return &terminal{out: out}
	}
	follows := followsEscapes(f)
	return &terminal{out: out, draws: true, tty: follows, colors: follows && os.Getenv("NO_COLOR") == ""} // https://no-color.org
}

// render prints s, unless it would look like the last one.
func (t *terminal) render(s app.State) {
	_, _ = words.Follow(s.Language) // the old one is better than nothing
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
	say := func(lines ...string) {
		for _, line := range lines {
			_ = plain.Printf(&b, "%s\n", line)
		}
	}
	say(words.Headline(s))
	if s.Phase == app.Empty || s.OnlyDemo() {
		say(toStart(s))
	}
	if line := words.Meanwhile(s); line != "" {
		say(line)
	}
	if s.Phase == app.Sharing && s.Models() == 0 && getter(s) != "" {
		say(words.L("Get one with: {{.Command}}", words.Values{"Command": "beam get"}))
	}
	if s.Pairing.URL != "" && (s.Phase == app.Sharing || s.Phase == app.Empty) {
		b.WriteString(t.invitation(s))
		if g := s.Pairing.Guest; g != nil {
			say(words.L("Whoever scans it becomes a guest:"), "  "+strings.Join(words.Promises(g, time.Now()), words.Between))
		}
	}
	if s.Problem != nil {
		say("", sentence(s.Problem))
	}
	if s.Waiting && s.Problem == nil {
		say("", words.L("Phone cannot connect? Run: {{.Command}}", words.Values{"Command": "beam doctor"}))
	}
	if s.JustPaired != "" {
		say("", words.L("{{.Name}} is connected.", words.Values{"Name": s.JustPaired}))
	}
	if len(s.Devices) > 0 {
		say("", words.L("Phones: {{.Names}}", words.Values{"Names": phones(s.Devices)}))
	}
	if line := words.Awake(s.Awake); line != "" && (len(s.Awake.For) > 0 || s.Awake.WhyNot != "") {
		say(line)
	}
	return b.String()
}

// toStart is what to do while there is no AI app. One whose window is open lacks its server alone.
func toStart(s app.State) string {
	if h, ok := s.ToStart(); ok && h.ServerOff() {
		return words.L("Start the server in {{.Name}}. It appears here by itself.", words.Values{"Name": h.Name})
	}
	return words.L("Start Ollama or LM Studio. It appears here by itself.")
}

// invitation says how a phone gets in.
func (t *terminal) invitation(s app.State) string {
	typed := words.Values{"Address": s.URLs[0], "Code": s.Pairing.Code}
	if !t.draws {
		return "\n" + plain.Text(words.L("On your phone, on the same Wi-Fi, open {{.Address}} and type {{.Code}}", typed)) + "\n"
	}
	return "\n" + t.qr(s.Pairing.URL) + "\n" + plain.Text(words.L("Scan this with your phone's camera, on the same Wi-Fi.")) + "\n" +
		plain.Text(words.L("Or open {{.Address}} there and type {{.Code}}", typed)) + "\n"
}

// sentence is a problem in the person's language, with what can be done at a command line.
func sentence(p *app.Problem) string {
	return strings.TrimSpace(words.Problem(p, p.Title) + " " + words.Problem(p, p.Advice) + " " + words.Problem(p, p.Terminal))
}

func phones(ds []app.Device) string {
	names := make([]string, len(ds))
	for i, d := range ds {
		names[i] = d.Name
		switch {
		case d.Active > 0:
			names[i] += " (" + words.L("answering now") + ")"
		case d.Paused:
			names[i] += " (" + words.L("Paused") + ")"
		case d.Guest != nil:
			names[i] += " (" + words.L("Guest") + ")"
		}
	}
	return strings.Join(names, ", ")
}

// qr draws the code with two rows of modules in a line of half blocks. Where it may it sets its own colours: cameras
// want dark on light, whatever the theme. Without, it is for the light ink on a dark ground that most terminals have.
func (t *terminal) qr(text string) string {
	code, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		return "" // only for a text that is far too long; the address is printed below
	}
	if !t.colors {
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
