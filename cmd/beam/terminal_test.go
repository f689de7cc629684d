package main

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"modelbeam/app"
	"modelbeam/app/awake"
	"modelbeam/app/words"
)

const pairURL = "http://192.168.1.20:8717/#c=7KQ2-M9XF"

func shared() app.State {
	return app.State{
		Phase:   app.Sharing,
		URLs:    []string{"http://192.168.1.20:8717"},
		Pairing: app.Pairing{URL: pairURL, Code: "7KQ2-M9XF"},
		Servers: []app.Server{
			{Name: "Ollama", Models: []string{"a", "b"}, Online: true},
			{Name: "Away", Models: []string{}, Manual: true},
		},
		Devices: []app.Device{{Name: "Anna's iPhone", Active: 1}},
	}
}

func TestScreen(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*app.State)
		want   []string
		not    []string
	}{
		"sharing": {
			func(*app.State) {},
			[]string{"Sharing 2 models from Ollama\n", (&terminal{draws: true}).qr(pairURL), "http://192.168.1.20:8717", "7KQ2-M9XF", "Anna's iPhone (answering now)"},
			[]string{"Away"},
		},
		"no model yet": {
			func(s *app.State) { s.Servers = []app.Server{{ID: "ollama", Name: "Ollama", Online: true, Gets: true}} },
			[]string{"Found Ollama, but no models yet\n", "Get one with: beam get\n"},
			nil,
		},
		"no model, and nobody to get one": {
			func(s *app.State) { s.Servers = []app.Server{{ID: "jan", Name: "Jan", Online: true}} },
			nil,
			[]string{"beam get"},
		},
		"installed": {
			func(s *app.State) {
				s.Servers, s.Hints = nil, []app.Hint{{Kind: "ollama-not-running", Name: "Ollama"}}
				s.Phase = app.Empty
			},
			[]string{"Ollama is not running\n", "Start Ollama or LM Studio. It appears here by itself.\n"},
			[]string{"No AI app"},
		},
		"server off": {
			func(s *app.State) {
				s.Servers, s.Hints = nil, []app.Hint{{Kind: "lmstudio-server-off", Name: "LM Studio"}}
				s.Phase = app.Empty
			},
			[]string{"LM Studio is not ready for phones yet\n", "Start the server in LM Studio. It appears here by itself.\n"},
			[]string{"No AI app", "Start Ollama"},
		},
		"paused": {
			func(s *app.State) { s.Phase = app.Paused },
			[]string{"Sharing is paused"},
			[]string{"▀", "7KQ2"},
		},
		"awake": {
			func(s *app.State) { s.Awake = app.Awake{Held: true, For: []string{"Anna's iPhone", "Tablet"}} },
			[]string{"Awake for Anna's iPhone and Tablet"},
			nil,
		},
		"awake while plugged in": {
			func(s *app.State) { s.Awake = app.Awake{Held: true, Plugged: true} },
			nil,
			[]string{"Awake"},
		},
		"battery": {
			func(s *app.State) { s.Awake = app.Awake{For: []string{"Tablet"}, WhyNot: awake.LowBattery} },
			[]string{"Battery low: plug this computer in"},
			[]string{"Awake"},
		},
		"just paired": {
			func(s *app.State) { s.JustPaired = "Tablet" },
			[]string{"Tablet is connected."},
			nil,
		},
		"a guest's code": {
			func(s *app.State) {
				s.Pairing.Guest = &app.Guest{Models: []string{"tiny"}, Requests: 20, Left: 20}
				s.Devices = []app.Device{{Name: "Leo", Paused: true}, {Name: "Mia", Guest: &app.Guest{Requests: 1}}}
			},
			[]string{"Whoever scans it becomes a guest:\n  Until you remove the phone · Only tiny · 20 requests\n", "Leo (Paused)", "Mia (Guest)"},
			nil,
		},
		"problem": {
			func(s *app.State) {
				s.Problem = &app.Problem{Title: "Oh.", Advice: "Do {{.What}}.", Params: map[string]string{"What": "this"}}
			},
			[]string{"Oh. Do this."},
			nil,
		},
		"demo": {
			func(s *app.State) {
				s.Servers = []app.Server{{Kind: app.KindDemo, Name: "Demo", Models: []string{"d"}, Online: true}}
			},
			[]string{"built-in demo"},
			nil,
		},
		"the demo beside another": {
			func(s *app.State) {
				s.Servers = append(s.Servers, app.Server{Kind: app.KindDemo, Name: "Demo", Models: []string{"d"}, Online: true})
			},
			[]string{"Sharing 2 models from Ollama\n"},
			[]string{"demo", "Demo"},
		},
		"the demo beside one that loads": {
			func(s *app.State) {
				s.Servers = []app.Server{
					{Name: "llama.cpp", Loading: true, Online: true},
					{Kind: app.KindDemo, Name: "Demo", Models: []string{"d"}, Online: true},
				}
			},
			[]string{"llama.cpp is loading its model…"},
			[]string{"demo"},
		},
		"the demo beside somebody else's": {
			func(s *app.State) {
				s.Servers = []app.Server{
					{Name: "vLLM", Models: []string{"a"}, User: "ben", Hidden: true, Online: true},
					{Kind: app.KindDemo, Name: "Demo", Models: []string{"d"}, Online: true},
				}
			},
			[]string{"built-in demo"},
			[]string{"vLLM"},
		},
		"three, one of them twice": {
			func(s *app.State) {
				for _, name := range []string{"LM Studio", "Ollama", "vLLM"} {
					s.Servers = append(s.Servers, app.Server{Name: name, Models: []string{name}, Online: true})
				}
			},
			[]string{"Sharing 5 models from Ollama, LM Studio and 1 more\n"},
			nil,
		},
		"two that need a key": {
			func(s *app.State) {
				s.Servers = []app.Server{{Name: "Jan", NeedsKey: true, Online: true}, {Name: "KoboldCpp", NeedsKey: true, Online: true}}
			},
			[]string{"Jan and KoboldCpp need a key"},
			nil,
		},
		"no model": {
			func(s *app.State) { s.Servers = []app.Server{{ID: "ollama", Name: "Ollama", Online: true, Gets: true}} },
			[]string{"Found Ollama, but no models yet\nGet one with: beam get\n"},
			nil,
		},
		"nothing found": {
			func(s *app.State) { s.Phase, s.Servers = app.Empty, nil },
			[]string{"Start Ollama or LM Studio. It appears here by itself."},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := shared()
			tt.change(&s)
			text := (&terminal{draws: true}).screen(s)
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(text, not) {
					t.Errorf("%q in\n%s", not, text)
				}
			}
		})
	}
}

// The screen speaks the language that the State says, and its addresses, codes and commands stay as they are.
func TestScreenInTheirLanguage(t *testing.T) {
	t.Setenv(words.LanguageVariable, "")
	t.Cleanup(func() { _ = words.LoadTranslations("en") })
	for language, want := range map[string]string{
		"de": "Gibt 2 Modelle aus Ollama frei", "ja": "Ollamaのモデル2個を共有中", "ru": "Доступны 2 модели из Ollama", "en": "Sharing 2 models from Ollama",
	} {
		s := shared()
		s.Language, s.Waiting = language, true
		var out bytes.Buffer
		newTerminal(&out).render(s)
		for _, text := range []string{want, "http://192.168.1.20:8717", "7KQ2-M9XF", "beam doctor", "Anna's iPhone"} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("no %q in %s:\n%s", text, language, out.String())
			}
		}
	}
}

func TestRenderOnlyWhatChanged(t *testing.T) {
	var out bytes.Buffer
	term := newTerminal(&out)
	term.render(shared())
	once := out.String()
	term.render(shared())
	if out.String() != once {
		t.Error("the same screen was printed twice")
	}
}

// TestCamera reads the half blocks as a camera would: the colours set on a terminal make ink
// dark, and without colours a dark terminal makes it light.
func TestCamera(t *testing.T) {
	for name, term := range map[string]*terminal{
		"colours": {draws: true, tty: true, colors: true},
		"none":    {draws: true, tty: true},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer("\x1b[30;107m", "", "\x1b[0m", "").Replace(term.qr(pairURL))
			if got := decode(t, picture(text, term.colors)); got != pairURL {
				t.Errorf("decoded %q", got)
			}
		})
	}
}

// picture draws half blocks with 4 pixels a module.
func picture(text string, inkIsDark bool) image.Image {
	const px = 4
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	width := len([]rune(lines[0]))
	img := image.NewGray(image.Rect(0, 0, width*px, 2*len(lines)*px))
	for y, line := range lines {
		for x, r := range []rune(line) {
			for half, ink := range []bool{r == '▀' || r == '█', r == '▄' || r == '█'} {
				c := color.Gray{Y: 255}
				if ink == inkIsDark {
					c.Y = 0
				}
				for i := range px * px {
					img.SetGray(x*px+i%px, (2*y+half)*px+i/px, c)
				}
			}
		}
	}
	return img
}

func decode(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}

// TestWordsAlone prints where nobody looks at a screen: no drawing, no colour, no moves of the cursor, and the way in.
func TestWordsAlone(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, out := range map[string]io.Writer{"a pipe": &bytes.Buffer{}, "a file": file} {
		term := newTerminal(out)
		if term.draws || term.tty || term.colors {
			t.Errorf("%s is taken for %+v", name, term)
		}
	}
	var out bytes.Buffer
	newTerminal(&out).render(shared())
	text := out.String()
	if i := strings.IndexFunc(text, func(r rune) bool { return r == '\x1b' || r == '\r' || r >= 0x2500 && r < 0x2800 }); i >= 0 {
		t.Errorf("%q is drawn in\n%s", []rune(text[i:])[0], text)
	}
	if want := "\nOn your phone, on the same Wi-Fi, open http://192.168.1.20:8717 and type 7KQ2-M9XF\n"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// TestTerminalsDiffer opens a real terminal: what it draws depends on what it says it can and on who uses it.
func TestTerminalsDiffer(t *testing.T) {
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals on this system")
	}
	defer pty.Close()
	for _, tt := range []struct {
		term, noColor string
		want          terminal
	}{
		{"xterm-256color", "", terminal{draws: true, tty: true, colors: true}},
		{"xterm-256color", "1", terminal{draws: true, tty: true}},
		{"dumb", "", terminal{}},
		{"dumb", "1", terminal{}},
	} {
		t.Setenv("TERM", tt.term)
		t.Setenv("NO_COLOR", tt.noColor)
		got := *newTerminal(pty)
		got.out = nil
		if got != tt.want {
			t.Errorf("TERM=%s NO_COLOR=%s is taken for %+v, want %+v", tt.term, tt.noColor, got, tt.want)
		}
	}
}
