package e2e

import (
	"image"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// press presses keys, one after another, in whatever has them.
func (d *display) press(t *testing.T, keys ...string) {
	t.Helper()
	d.xdotool(t, append([]string{"key", "--delay", "60"}, keys...)...)
}

func (d *display) xdotool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := d.on(exec.Command(tool(t, "xdotool"), args...)).CombinedOutput(); err != nil {
		t.Fatalf("xdotool %q: %v\n%s", args, err, out)
	}
}

// clickPrimary clicks on the one button in the colour of what there is to do next.
func (d *display) clickPrimary(t *testing.T) {
	t.Helper()
	at := await.Get(t, "there is one thing to press", func() image.Rectangle { return primary(d.screenshot(t)) }, func(r image.Rectangle) bool {
		return r.Dx() > 40 && r.Dx() < 400 && r.Dy() > 20 && r.Dy() < 80
	})
	d.xdotool(t, "mousemove", strconv.Itoa((at.Min.X+at.Max.X)/2), strconv.Itoa(at.Min.Y+4), "sleep", "0.2", "click", "1")
}

// primary is where a picture has the colour of such a button: a run of it that no letter
// and no sign could be.
func primary(img image.Image) (at image.Rectangle) {
	const long = 60
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		run := 0
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, bl, _ := img.At(x, y).RGBA(); g > r+0x3000 && g > bl+0x0800 && bl > r {
				run++
				if run >= long {
					at = at.Union(image.Rect(x-run+1, y, x+1, y+1))
				}
				continue
			}
			run = 0
		}
	}
	return at
}

// awaitState waits for a State of what the window shows, from the one that it shows now on. It may be over when it is seen.
func (w *window) awaitState(t *testing.T, what string, ok func(event) bool) event {
	t.Helper()
	before := max(0, len(w.states(t))-1)
	return await.Get(t, what, func() event {
		states := w.states(t)[before:]
		if i := slices.IndexFunc(states, ok); i >= 0 {
			return states[i]
		}
		return last(states)
	}, ok)
}

// states are all that the window has shown.
func (p *process) states(t *testing.T) []event {
	t.Helper()
	return slices.DeleteFunc(p.events(t), func(e event) bool { return e.Event != "state" })
}

func (w *window) lastState(t *testing.T) event {
	t.Helper()
	return last(w.states(t))
}

// last is the last of them, or none.
func last(all []event) event {
	if len(all) == 0 {
		return event{}
	}
	return all[len(all)-1]
}

// keepStill keeps what is on the screen when that stands still, for somebody who wants to look at it.
func (w *window) keepStill(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("SCREENS") != "" { // it takes a while
		keepAs(t, name, w.screen.awaitStill(t))
	}
}

// awaitWarning waits for a sentence in the colour of warnings.
func (d *display) awaitWarning(t *testing.T) {
	t.Helper()
	await.True(t, "the window says what is wrong", func() bool {
		n, img := 0, d.screenshot(t)
		for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
			for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
				if r, g, b, _ := img.At(x, y).RGBA(); r > g+0x2000 && g > b+0x2000 {
					n++
				}
			}
		}
		return n > 300 // letters of a sentence, and no dot
	})
}

// order types the name of a model into the field that has the keys, and Return. A machine that is very busy may lose a
// key, so it looks whether the order has arrived, and else types it again.
func (w *window) order(t *testing.T, name string) {
	t.Helper()
	asked := func() int {
		all := w.lastState(t).Downloads
		if i := slices.IndexFunc(all, func(d coming) bool { return d.Model == name+":latest" }); i >= 0 {
			return all[i].Asked
		}
		return 0
	}
	before := asked()
	for range 4 {
		w.screen.press(t, "ctrl+a")
		w.screen.xdotool(t, "type", "--delay", "30", name)
		w.screen.press(t, "Return")
		if soon(func() bool { return asked() > before }) {
			return
		}
	}
	t.Fatalf("nobody gets %s", name)
}

// pressUntil presses the button of the newest download, which has the keys, and waits for what comes of it. It presses again
// only where nothing did: else the button is another one by then.
func (w *window) pressUntil(t *testing.T, what string, ok func(event) bool) event {
	t.Helper()
	button := func() any {
		d := w.lastState(t).newest()
		return [3]any{d.Phase, d.cause(), d.Asked}
	}
	for range 3 {
		before := button()
		w.screen.press(t, "space")
		if soon(func() bool { return button() != before }) {
			break
		}
	}
	return w.awaitState(t, what, ok)
}

// chooseOther opens the sheet of models and goes to the field for any other one, behind those that are offered.
func (w *window) chooseOther(t *testing.T, offers int) {
	t.Helper()
	isOpen := func() bool { return primary(w.screen.screenshot(t)).Dy() > 100 } // several buttons, one below the other
	for try := 0; ; try++ {
		w.screen.clickPrimary(t)
		if soon(isOpen) {
			break
		}
		if try == 3 {
			t.Fatal("the sheet of models does not open")
		}
	}
	for range offers + 1 {
		w.screen.press(t, "Tab")
	}
}

// soon reports whether a condition holds before it is time to press again.
func soon(condition func() bool) bool {
	return await.Within(await.Limit/4, condition)
}

// newest is the download that was asked for last.
func (e event) newest() coming {
	if len(e.Downloads) == 0 {
		return coming{}
	}
	return e.Downloads[len(e.Downloads)-1]
}

// TestGetModelInTheWindow has somebody who has an Ollama without a model get one in the real window, by mouse and
// keyboard: a name that there is not, a disk that is too small, a file that arrives damaged, a download with a pause in
// it; and then a phone chats with the model.
func TestGetModelInTheWindow(t *testing.T) {
	t.Parallel()
	await.Long(t)
	disk := smallDisk(t, "8m")
	r, o := startRegistry(t), ollamaIn(t, disk)
	w := openWindow(t, thisMachine, "--listen", "127.0.0.1:0", "--no-mdns", "--no-scan", "--server", o.url)
	size := int64(len(makeTinyModel()))
	ready := w.awaitState(t, "there is an Ollama without a model", func(e event) bool { return len(e.Servers) > 0 && len(e.Offers) > 0 })
	w.chooseOther(t, len(ready.Offers))
	w.keepStill(t, "window-get-real-1-offers")
	w.order(t, r.name("nothing"))
	w.awaitState(t, "there is no such model", func(e event) bool { return e.newest().cause() == "unknown-name" })
	w.screen.awaitWarning(t)
	w.keepStill(t, "window-get-real-2-unknown")
	if err := w.beside(t, "get", "cancel", r.name("nothing")).Run(); err != nil {
		t.Fatal(err)
	}
	w.awaitState(t, "that is forgotten", func(e event) bool { return len(e.Downloads) == 0 })

	w.chooseOther(t, len(ready.Offers))
	w.order(t, r.name("tiny"))
	w.awaitState(t, "the disk is too small", func(e event) bool { return e.newest().Phase == "failed" && e.newest().cause() == "disk-full" })
	w.screen.awaitWarning(t)
	w.keepStill(t, "window-get-real-3-disk")
	growDisk(t, disk, "100m")
	r.set(func(r *registry) { r.spoilt = true })
	w.screen.press(t, "Tab", "Tab") // the header's button, and then: Try again
	w.pressUntil(t, "what came is damaged", func(e event) bool { return e.newest().cause() == "wrong-digest" })
	w.screen.awaitWarning(t)
	w.keepStill(t, "window-get-real-4-damaged")

	before, _ := r.told()
	r.set(func(r *registry) { r.spoilt, r.allowed = false, before+size/3 })
	w.pressUntil(t, "a third is there", func(e event) bool { return e.newest().Done >= size/3-gulp })
	w.keepStill(t, "window-get-real-5-coming")
	r.allow(before + size/2)
	w.awaitState(t, "half is there", func(e event) bool { return e.newest().Done >= size/2-gulp })
	// The same button is: Pause.
	paused := w.pressUntil(t, "it is paused", func(e event) bool { return e.newest().Phase == "paused" }).newest()
	w.keepStill(t, "window-get-real-6-paused")
	r.allow(1 << 40)
	// And now: Resume.
	done := w.pressUntil(t, "it is done", func(e event) bool { return e.newest().Phase == "done" })
	w.screen.awaitQR(t) // what comes next: a phone
	w.keepStill(t, "window-get-real-7-done")
	if paused.Done < size/2-gulp || !slices.Contains(done.Servers[0].Models, r.name("tiny:latest")) {
		t.Errorf("paused %+v; phones see %q", paused, done.Servers[0].Models)
	}
	if sent, ranges := r.told(); sent-before > size+size/10 {
		t.Errorf("%d bytes were sent of %d, in the ranges %q", sent, size, ranges)
	}
	if answer := chat(t, w.base(t), w.key(t, "Phone"), r.name("tiny:latest")).rest(); len(answer) < 10 {
		t.Errorf("the model says %q", answer)
	}
}
