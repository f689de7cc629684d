package e2e

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
)

// film is the first minute in numbered pictures, which SCREENS=folder keeps.
type film struct {
	t        *testing.T
	language string
	pictures int
	actions  int // on the phone
}

func (f *film) keep(name string, png []byte) {
	f.pictures++
	keepAs(f.t, fmt.Sprintf("first-minute-%s-%d-%s", f.language, f.pictures, name), png)
}

// TestFirstMinute goes from the first start, with nothing on the laptop, to the first answer on the phone: at each
// moment the window has one thing to do, the phone three, and nothing is typed.
func TestFirstMinute(t *testing.T) {
	await.Long(t)
	for _, language := range []string{"en", "ja"} {
		t.Run(language, func(t *testing.T) {
			laptop, phone := newHome(t)
			library, env := startLibrary(t, laptop)
			f := &film{t: t, language: language}
			w := firstStart(t, laptop, language)

			w.awaitStage(t, 1)
			if text := readQR(w.screen.screenshot(t)); text != "" {
				t.Errorf("there is nothing to chat with, and a code: %s", text)
			}
			f.keep("no-ai-app", w.screen.awaitStill(t))

			dir := t.TempDir() // and now somebody installs it
			o := &ollama{on: laptop, url: "http://127.0.0.1:" + usualPort, dir: dir, models: filepath.Join(dir, "models"), env: env}
			o.serve(t)
			w.awaitEvent(t, "state", "the AI app is noticed", func(e event) bool {
				return slices.ContainsFunc(e.Servers, func(s server) bool { return s.ID == "ollama" && s.Online })
			})
			w.awaitStage(t, 1)
			f.keep("no-model", w.screen.awaitStill(t))

			w.openSheet(t)
			f.keep("choice-of-models", w.screen.awaitStill(t))
			half := int64(len(makeTinyModel())) / 2
			library.allow(half)
			w.chooseFirst(t)
			w.awaitState(t, "half of it is there", func(e event) bool { return e.newest().Done >= half-gulp })
			w.awaitStage(t, 0)
			f.keep("model-on-its-way", w.screen.awaitStill(t))
			library.allow(1 << 40)
			text := w.screen.awaitQR(t)
			f.keep("code", w.screen.awaitStill(t))

			p := f.scanAndAsk(phone, text, w)
			p.awaitAnswerEnd()
			if answer := p.answer(); len(answer) < 10 {
				t.Errorf("the model says %q", answer)
			}
			f.keep("answer", p.screenshot())
			if typed := evaluate[int](p, "window.typed"); typed != 0 || f.actions != 3 {
				t.Errorf("%d actions and %d characters on the phone, want 3 and none", f.actions, typed)
			}
			await.True(t, "the code is back", func() bool { return readQR(w.screen.screenshot(t)) != "" })
			f.keep("window-may-be-closed", w.screen.awaitStill(t))
		})
	}
}

// scanAndAsk is all that is done on the phone.
func (f *film) scanAndAsk(m *machine, text string, w *window) *page {
	f.t.Helper()
	p := openBrowserWith(f.t, m, chromedp.Flag("accept-lang", map[string]string{"en": "en-US", "ja": "ja-JP"}[f.language]))
	p.do(chromedp.Emulate(phone))
	f.actions++ // the camera is opened and held to the code,
	f.actions++ // and what it shows is tapped
	p.follow(text)
	w.awaitGreen(f.t)
	f.keep("phone-there", w.screen.capture(f.t, "root"))
	p.awaitRoom()
	f.keep("page", p.screenshot())
	evaluate[bool](p, `(() => {
		window.typed = 0;
		addEventListener("keydown", () => window.typed++, true);
		return true;
	})()`)
	f.actions++
	p.do(chromedp.Tap(chromedp.CSS("#suggestions button"), chromedp.NodeVisible))
	await.True(f.t, "the answer begins", func() bool { return p.answer() != "" })
	return p
}

// firstStart opens the desktop app of a person who has nothing.
func firstStart(t *testing.T, m *machine, language string) *window {
	t.Helper()
	path, err := buildModelbeam()
	if err != nil {
		t.Fatal(err)
	}
	beamCommand(t) // builds the service, which has to be beside the window
	home := t.TempDir()
	write(t, filepath.Join(home, ".cache", "keep"), "")
	screen := startDisplay(t)
	cmd := screen.on(m.command(path, "--json"))
	cmd.Dir = home
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+home,
		"MODELBEAM_LANG="+language, "FYNE_THEME=light")
	t.Cleanup(func() { stopService(t, cmd.Env) })
	w := &window{start(t, "modelbeam", cmd), screen, home}
	w.tellAtEnd(t)
	w.awaitEvent(t, "ready", "the gateway is open", anything)
	return w
}

// accent is the colour of what asks to be pressed, in the light theme.
var accent = color.RGBA{0x0A, 0x7A, 0x60, 0xFF}

// awaitStage waits until no sheet is over the window, and so many things ask to be pressed.
func (w *window) awaitStage(t *testing.T, buttons int) {
	t.Helper()
	await.Get(t, fmt.Sprintf("buttons, of which the window has %d", buttons), func() []image.Rectangle {
		img := w.screen.screenshot(t)
		if !bright(img) {
			return make([]image.Rectangle, 99)
		}
		return accented(img)
	}, func(found []image.Rectangle) bool { return len(found) == buttons })
}

// openSheet presses the one thing there is to press, until that has opened a sheet. Another press waits for what comes of
// the one before: in the sheet something else may be in that place.
func (w *window) openSheet(t *testing.T) {
	t.Helper()
	for range 4 {
		img := w.screen.screenshot(t)
		if found := accented(img); bright(img) && len(found) == 1 {
			w.clickAt(t, found[0])
		}
		if soon(func() bool {
			img := w.screen.screenshot(t)
			return !bright(img) && len(accented(img)) > 0
		}) {
			return
		}
	}
	t.Fatal("the sheet does not open")
}

// chooseFirst presses the first button of the sheet.
func (w *window) chooseFirst(t *testing.T) {
	t.Helper()
	found := accented(w.screen.screenshot(t))
	if len(found) == 0 || len(found) > 3 {
		t.Fatalf("there are %d models to choose from", len(found))
	}
	w.clickAt(t, found[0])
}

func (w *window) clickAt(t *testing.T, r image.Rectangle) {
	t.Helper()
	at := r.Min.Add(r.Size().Div(2))
	w.screen.click(t, at)
}

// bright reports whether the window's ground is as it is without a sheet, which darkens it.
func bright(img image.Image) bool {
	n := 0
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		for x := b.Min.X; x < b.Max.X; x += 4 {
			if r, g, _, _ := img.At(x, y).RGBA(); r > 0xF800 && g > r { // cards are white, and what is on them darker
				n++
			}
		}
	}
	return n > 1000
}

// accented are the buttons that ask to be pressed, from above: what is of the accent's colour, as wide and as high as
// a button.
func accented(img image.Image) (found []image.Rectangle) {
	const least, most, lowest, highest = 44, 300, 24, 60
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for _, run := range runs(img, y, least) {
			i := slices.IndexFunc(found, func(r image.Rectangle) bool { // the words on a button are in between
				return y-r.Max.Y < lowest && run.Min.X < r.Max.X && r.Min.X < run.Max.X
			})
			if i < 0 {
				found = append(found, run)
			} else {
				found[i] = found[i].Union(run)
			}
		}
	}
	return slices.DeleteFunc(found, func(r image.Rectangle) bool {
		return r.Dx() > most || r.Dy() < lowest || r.Dy() > highest
	})
}

// runs are the stretches of a line that are of the accent's colour, and so wide at least.
func runs(img image.Image, y, least int) (found []image.Rectangle) {
	b := img.Bounds()
	for x := b.Min.X; x < b.Max.X; {
		from := x
		for x < b.Max.X && color.RGBAModel.Convert(img.At(x, y)) == accent {
			x++
		}
		if x-from >= least {
			found = append(found, image.Rect(from, y, x, y+1))
		}
		x++
	}
	return found
}
