package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// area is a part of the window, in the window's own measure.
type area struct{ left, top, right, bottom float32 }

func areaOf(at fyne.Position, size fyne.Size) area {
	return area{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
}

func (a area) within(b area) area {
	return area{max(a.left, b.left), max(a.top, b.top), min(a.right, b.right), min(a.bottom, b.bottom)}
}

func (a area) empty() bool { return a.right <= a.left || a.bottom <= a.top }

// seen is all text on the picture of a canvas: what is drawn of it, not what an object could say. What is below a
// sheet or a menu does not count, nor what is scrolled out of sight.
func seen(c fyne.Canvas) string {
	var lines []string
	top := c.Content()
	if over := c.Overlays().Top(); over != nil {
		top = over
	}
	visitDrawn(top, fyne.Position{}, areaOf(fyne.Position{}, c.Size()), func(o fyne.CanvasObject, _ area) {
		if text, ok := o.(*canvas.Text); ok {
			lines = append(lines, text.Text)
		}
	})
	return strings.Join(lines, " ")
}

// drawing is what a picture of a canvas is made of: every piece with its place, its words and its colour. Two that are
// the same have the same pixels, and are made in a hundredth of the time.
func drawing(c fyne.Canvas) string {
	var all strings.Builder
	for _, top := range append([]fyne.CanvasObject{c.Content()}, c.Overlays().List()...) {
		visitDrawn(top, fyne.Position{}, areaOf(fyne.Position{}, c.Size()), func(o fyne.CanvasObject, there area) {
			switch o := o.(type) {
			case *canvas.Text:
				fmt.Fprintln(&all, there, o.Text, o.Color, o.TextSize, o.TextStyle)
			case *canvas.Rectangle:
				fmt.Fprintln(&all, there, o.FillColor, o.StrokeColor)
			case *canvas.Image:
				if o.Resource != nil {
					fmt.Fprintln(&all, there, o.Resource.Name())
				}
			case *canvas.Circle:
				fmt.Fprintln(&all, there, o.FillColor)
			}
		})
	}
	return all.String()
}

// visitDrawn visits what is drawn of o, which lies at that place below its parent, within a part of the window.
func visitDrawn(o fyne.CanvasObject, parent fyne.Position, clip area, visit func(fyne.CanvasObject, area)) {
	if o == nil || !o.Visible() {
		return
	}
	at := parent.Add(o.Position())
	there := areaOf(at, o.Size()).within(clip)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			visitDrawn(child, at, clip, visit)
		}
	case fyne.Widget:
		if _, cuts := o.(*container.Scroll); cuts {
			clip = there
		}
		visit(o, there)
		for _, child := range test.WidgetRenderer(o).Objects() {
			visitDrawn(child, at, clip, visit)
		}
	default:
		if !there.empty() {
			visit(o, there)
		}
	}
}

// sees reports whether words are on the picture, wherever their lines are broken.
func sees(c fyne.Canvas, words string) bool {
	return strings.Contains(unspaced(seen(c)), unspaced(words))
}

func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// signOf is what must be on the picture of a scene, in the language of the window.
func signOf(scene string) string {
	if strings.HasPrefix(scene, "trouble ") && signs[scene] == "" {
		d := diagnosisOf(scene)
		return words.Filled(d.Title, d.Params)
	}
	return words.L(signs[scene])
}

// TestSceneIsOnItsPicture holds that what a scene is about is to be seen on it, and that no two look alike.
func TestSceneIsOnItsPicture(t *testing.T) {
	await.Long(t)
	names := append(slices.Collect(maps.Keys(scenes())), troubles()...)
	for name := range signs {
		if !slices.Contains(names, name) {
			t.Errorf("there is no scene %q any more", name)
		}
	}
	alike := make(map[string]string)
	for _, name := range names {
		u, _, _ := open(t, scenesAt(noon)[name])
		showScene(u, name)
		layOut(u)
		if name == "details" {
			u.page.scroll.ScrollToBottom() // as when it was unfolded, before the size changed
		}
		if sign := signOf(name); sign == "" || !sees(u.window.Canvas(), sign) {
			t.Errorf("%s: %q is not on the picture; that has:\n%s", name, sign, seen(u.window.Canvas()))
		}
		looks := drawing(u.window.Canvas())
		if other := alike[looks]; other != "" {
			t.Errorf("%s looks like %s", name, other)
		}
		alike[looks] = name
		u.window.Close()
	}
}
