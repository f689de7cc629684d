package ui

import (
	"image"
	"image/draw"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"modelbeam/app"
)

const camera = "Phone's camera"

// pickCode opens the picker below the code and takes an entry.
func pickCode(t *testing.T, u *UI, from, to string) {
	t.Helper()
	test.Tap(button(t, u, from))
	tapMenu(t, u, to)
}

// shownCode is what the code on the page says.
func shownCode(t *testing.T, u *UI) string {
	t.Helper()
	if !visible(u, u.page.stage.qr.Object) {
		t.Fatalf("there is no code; the window says:\n%s", onScreen(u))
	}
	u.window.Content().Refresh() // a real canvas makes room by itself, that for tests must be told
	return decode(t, pictureOf(t, u, u.page.stage.qr.Object))
}

// pictureOf is the part of the window where o is. Readers for a camera's picture take letters
// beside a dense code for a part of it.
func pictureOf(t *testing.T, u *UI, o fyne.CanvasObject) image.Image {
	t.Helper()
	at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()
	window := u.window.Canvas().Capture()
	part := image.Rect(int(at.X), int(at.Y), int(at.X+size.Width), int(at.Y+size.Height))
	if !part.In(window.Bounds()) {
		t.Fatalf("the code at %v is outside the window %v", part, window.Bounds())
	}
	img := image.NewNRGBA(image.Rectangle{Max: part.Size()})
	draw.Draw(img, img.Bounds(), window, part.Min, draw.Src)
	return img
}

func TestCodeOfAnApp(t *testing.T) {
	for _, a := range new(app.Controller).CodeApps() {
		t.Run(a.ID, func(t *testing.T) {
			s := sharingState()
			u, c, _ := open(t, s)
			pickCode(t, u, camera, a.Name)
			wantCalls(t, c, "ShowCode true", "AppCode "+a.ID)
			if visible(u, u.page.stage.qr.Object) {
				t.Error("the camera's code is still there while the app's is being made")
			}
			wantText(t, u, a.Steps, "This code works for 10 minutes, for one app.")
			wantNoText(t, u, "Point its camera at the code", s.Pairing.Code)

			want := codeText(a.ID, s)
			c.showCode(want)
			if got := shownCode(t, u); got != want {
				t.Errorf("the code says %q, want %q", got, want)
			}
			pickCode(t, u, a.Name, camera)
			if got := shownCode(t, u); got != s.Pairing.URL {
				t.Errorf("back at the camera's the code says %q", got)
			}
			wantText(t, u, "Point its camera at the code", s.Pairing.Code)
		})
	}
}

// Whatever ends the use of an app's code brings the camera's back.
func TestCodeOfAnAppEnds(t *testing.T) {
	tests := map[string]func(u *UI, c *fakeController, s app.State){
		"a phone paired": func(_ *UI, c *fakeController, s app.State) {
			s.JustPaired = "Anna's iPhone"
			c.publish(s)
		},
		"the app used it": func(_ *UI, c *fakeController, s app.State) {
			s.Devices = []app.Device{{ID: "d9", Name: "RikkaHub on Anna's iPhone", Paired: noon.Add(time.Second)}}
			c.publish(s)
			s.Devices = nil
			c.publish(s)
		},
		"paused": func(u *UI, _ *fakeController, _ app.State) { u.togglePause() },
		"another address": func(_ *UI, c *fakeController, s app.State) {
			s.Pairing.URL = "http://10.0.0.4:8717/#c=7KQ2M9XF"
			c.publish(s)
		},
		"its time is over": func(u *UI, _ *fakeController, _ app.State) {
			u.now = func() time.Time { return noon.Add(codeLife - ageRefresh + time.Second) }
			u.draw()
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			u, c, _ := open(t, sharingState())
			pickCode(t, u, camera, "RikkaHub")
			c.showCode(codeText("rikkahub", sharingState()))
			end(u, c, sharingState())
			wantNoText(t, u, "RikkaHub")
			c.publish(sharingState())
			if got := shownCode(t, u); got != sharingState().Pairing.URL {
				t.Errorf("afterwards the code says %q", got)
			}
		})
	}
}

func TestCodeOfAnAppStays(t *testing.T) {
	u, c, _ := open(t, sharingState())
	pickCode(t, u, camera, "Kelivo")
	want := codeText("kelivo", sharingState())
	c.showCode(want)
	next := withPhones(sharingState(), noon, 1)
	next.Pairing.URL, next.Pairing.Code = "http://192.168.1.20:8717/#c=AAAABBBB", "AAAA-BBBB"
	c.publish(next) // a new code for the camera is no reason
	u.rebuild()     // nor is another theme
	if got := shownCode(t, u); got != want {
		t.Errorf("the code says %q, want %q", got, want)
	}
}

func TestCodeThatComesTooLate(t *testing.T) {
	u, c, _ := open(t, sharingState())
	pickCode(t, u, camera, "RikkaHub")
	late := c.showCode
	pickCode(t, u, "RikkaHub", "Kelivo")
	late("of RikkaHub")
	if visible(u, u.page.stage.qr.Object) {
		t.Error("RikkaHub's code is shown as Kelivo's")
	}
	late = c.showCode
	u.cameraCode()
	late("of Kelivo")
	if got := shownCode(t, u); got != sharingState().Pairing.URL {
		t.Errorf("the code says %q, want the camera's", got)
	}
}

func TestCodeThatCannotBeMade(t *testing.T) {
	u, c, _ := open(t, sharingState())
	pickCode(t, u, camera, "RikkaHub")
	c.showCode("")
	wantText(t, u, "The code is not available right now. Choose this app again in a moment.")
	if visible(u, u.page.stage.qr.Object) {
		t.Error("a code is shown although there is none")
	}
	pickCode(t, u, "RikkaHub", camera)
	if got := shownCode(t, u); got != sharingState().Pairing.URL {
		t.Errorf("the code says %q, want the camera's", got)
	}
}

func TestNoPickerWithoutCode(t *testing.T) {
	for _, scene := range []string{"searching", "empty", "paused", "offline", "failed", "paired"} {
		u, _, _ := open(t, scenes()[scene])
		wantNoText(t, u, camera)
	}
}
