package ui

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/look"
	"modelbeam/app/ui/plot"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/ui/wishes"
	"modelbeam/cmd/e2e/await"
)

// actions are what a person can act on in the window, or in the sheet over it, with a mouse.
func actions(u *UI) (found []fyne.Focusable) {
	visit := func(o fyne.CanvasObject) bool {
		disabled, ok := o.(fyne.Disableable)
		if ok && disabled.Disabled() {
			return false
		}
		switch o := o.(type) {
		case fyne.Focusable:
			found = append(found, o)
		case fyne.Tappable:
			if _, shadow := o.(interface{ Tapped(*fyne.PointEvent) }); shadow && !isGround(o) {
				found = append(found, nil)
			}
		}
		return true
	}
	top := u.window.Content()
	if u.asking != nil {
		top = u.asking.popup.Content
	}
	walk(top, visit)
	return found
}

// isGround says that a click on it only takes the focus away, or marks text.
func isGround(o any) bool {
	kind := fmt.Sprintf("%T", o)
	return strings.HasPrefix(kind, "*widget.") || strings.HasPrefix(kind, "*container.")
}

// TestEverythingByKeyboard goes through every scene by Tab, and back by Shift-Tab: each thing that can be pressed is
// reached once, what has the focus is in sight, and it is seen that it has.
func TestEverythingByKeyboard(t *testing.T) {
	await.Long(t)
	names := append(slices.Sorted(maps.Keys(scenes())), "trouble", "trouble looking", "trouble firewall-ufw")
	walked := make(map[string]bool)
	for _, name := range names {
		if name == "other ways" {
			continue // a menu, which Fyne itself leads through by the arrows
		}
		t.Run(name, func(t *testing.T) {
			u, _, _ := open(t, scenesAt(noon)[name])
			showScene(u, name)
			layOut(u)
			c := u.window.Canvas()
			c.Focus(nil)
			all := actions(u)
			if slices.Contains(all, nil) {
				t.Fatal("there is something that only a mouse can press")
			}
			if walked[strings.Join(namesOf(all), "|")] {
				return // another scene had the same things
			}
			walked[strings.Join(namesOf(all), "|")] = true
			there := rounds(t, u, all, c.FocusNext)
			back := rounds(t, u, all, c.FocusPrevious)
			slices.Reverse(back)
			if len(there) != len(all) || len(back) != len(all) {
				t.Errorf("of %d things Tab reaches %d, and Shift-Tab %d", len(all), len(there), len(back))
			}
		})
	}
}

// rounds steps until the focus is where it was, and returns what had it.
func rounds(t *testing.T, u *UI, all []fyne.Focusable, step func()) (reached []fyne.Focusable) {
	t.Helper()
	for range len(all) + 1 {
		step()
		at := u.window.Canvas().Focused()
		if at == nil || slices.Contains(reached, at) {
			break
		}
		reached = append(reached, at)
		if !slices.Contains(all, at) {
			t.Errorf("the focus is on %T, which nobody can act on", at)
		}
		if !inSight(u, at.(fyne.CanvasObject)) {
			t.Errorf("%s has the focus out of sight", called(at))
		}
		if !hasRing(at) {
			t.Errorf("nobody sees that %s has the focus", called(at))
		}
		if called(at) == "" {
			t.Errorf("%T has no name", at)
		}
	}
	return reached
}

func namesOf(all []fyne.Focusable) (names []string) {
	for _, f := range all {
		names = append(names, called(f))
	}
	return names
}

// called is what a screen reader would say.
func called(f any) string {
	switch f := f.(type) {
	case *widgets.Field:
		return f.Text + f.PlaceHolder + "field"
	case *widgets.Select:
		return f.Selected + "list"
	case *plot.Bars:
		return "plot"
	case fyne.Accessible:
		return f.AccessibilityLabel()
	}
	return ""
}

// inSight reports whether all of o is on the picture.
func inSight(u *UI, o fyne.CanvasObject) (whole bool) {
	c := u.window.Canvas()
	top := c.Content()
	if over := c.Overlays().Top(); over != nil {
		top = over
	}
	visitDrawn(top, fyne.Position{}, areaOf(fyne.Position{}, c.Size()), func(at fyne.CanvasObject, there area) {
		if at == o {
			whole = there.right-there.left >= o.Size().Width-1 && there.bottom-there.top >= o.Size().Height-1
		}
	})
	return whole
}

// hasRing reports whether there is a frame in the strongest colour around what has the focus.
func hasRing(f any) bool {
	o := f.(fyne.Widget)
	for _, part := range test.WidgetRenderer(o).Objects() {
		frame, ok := part.(*canvas.Rectangle)
		if ok && frame.Visible() && frame.StrokeWidth >= 2 && frame.StrokeColor == look.Foreground() {
			return true
		}
	}
	return false
}

// typeKey presses a key on what has the focus, or else on the window.
func typeKey(u *UI, name fyne.KeyName) {
	c := u.window.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// TestKeysPress has Enter and the space bar press, and the focus stay where it was; and Escape goes back.
func TestKeysPress(t *testing.T) {
	u, c, _ := open(t, withPhones(sharingState(), noon, 0))
	canvas := u.window.Canvas()
	canvas.Focus(u.page.header.button)
	typeKey(u, fyne.KeyReturn)
	wantText(t, u, "Resume")
	if canvas.Focused() != u.page.header.button {
		t.Errorf("the focus is on %v after a press", canvas.Focused())
	}
	typeKey(u, fyne.KeySpace)
	wantCalls(t, c, "ShowCode true", "Pause", "Resume")

	canvas.Focus(button(t, u, "Settings"))
	typeKey(u, fyne.KeyEnter)
	wantText(t, u, "Start with the computer")
	canvas.FocusNext()
	if b, ok := canvas.Focused().(*widgets.Button); !ok || b.Text != "Back" {
		t.Errorf("Tab leads to %s on another page", called(canvas.Focused()))
	}
	canvas.Focus(u.page.settings.plugged)
	typeKey(u, fyne.KeyReturn)
	typeKey(u, fyne.KeyEscape)
	wantText(t, u, "Point its camera at the code")
	wantCalls(t, c, "ShowCode true", "Pause", "Resume", "StayAwake true")

	u.inviteGuest()
	canvas.FocusNext()
	typeKey(u, fyne.KeyEscape)
	wantNoText(t, u, "How long")
	rowOf(u, 0).rename()
	typeKey(u, fyne.KeyEscape) // in the field
	wantNoText(t, u, "Rename this phone")
	canvas.Focus(rowOf(u, 0).more)
	typeKey(u, fyne.KeyReturn)
	wantText(t, u, "Rename…")
	typeKey(u, fyne.KeyEscape)
	wantNoText(t, u, "Rename…")
}

// TestPlotByKeyboard tells of each day by the arrows.
func TestPlotByKeyboard(t *testing.T) {
	u, _, _ := open(t, scenesAt(noon)["usage 30"])
	showScene(u, "usage 30")
	u.window.Canvas().Focus(u.page.usage.plot)
	for _, step := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyLeft, "May 4"},
		{fyne.KeyLeft, "May 3"},
		{fyne.KeyRight, "May 4"},
		{fyne.KeyRight, "May 4"},
		{fyne.KeyHome, "Apr 5"},
		{fyne.KeyLeft, "Apr 5"},
		{fyne.KeyEnd, "May 4"},
	} {
		typeKey(u, step.key)
		if got := u.page.usage.told.Text; !strings.HasPrefix(got, step.want+" ") {
			t.Errorf("after %s it tells of %q, want %s", step.key, got, step.want)
		}
	}
	typeKey(u, fyne.KeySpace)
	if got := u.page.usage.told.Text; got != "Apr 5 – May 4" {
		t.Errorf("nothing is pointed at any more, and it tells of %q", got)
	}
}

// TestSheetsInALowWindow has letters twice as large on a small laptop, where the window is low: all that a sheet
// has can be reached, and is in sight then.
func TestSheetsInALowWindow(t *testing.T) {
	await.Long(t)
	for _, name := range []string{"invite", "invite some", "get", "get many", "trouble", "trouble firewall-ufw"} {
		t.Run(name, func(t *testing.T) {
			u, _, _ := open(t, scenesAt(noon)[name])
			low := fyne.NewSize(leastWidth, leastHeight)
			u.window.Resize(low)
			showScene(u, name)
			u.window.Resize(low.AddWidthHeight(1, 1)) // Fyne's driver for tests centres a sheet that has grown only then
			u.window.Resize(low)
			if sheet, window := u.asking.popup.Size(), u.window.Canvas().Size(); sheet.Width > window.Width || sheet.Height > window.Height {
				t.Errorf("the sheet has %v, the window %v", sheet, window)
			}
			all := actions(u)
			if reached := rounds(t, u, all, u.window.Canvas().FocusNext); len(reached) != len(all) {
				t.Errorf("of %d things Tab reaches %d", len(all), len(reached))
			}
		})
	}
}

// TestWishesAreRespected: what a person has told the system is how the window is.
func TestWishesAreRespected(t *testing.T) {
	t.Setenv("FYNE_SCALE", "")
	defer respect(wishes.Wishes{Text: 1})
	respect(wishes.Wishes{Contrast: true, Still: true, Text: 1.5})
	if got := os.Getenv("FYNE_SCALE"); got != "1.50" {
		t.Errorf("the scale is %q", got)
	}
	u, _, _ := open(t, scenesAt(noon)["searching"])
	moves := false
	walk(u.window.Content(), func(o fyne.CanvasObject) bool {
		_, activity := o.(*widget.Activity)
		moves = moves || activity
		return true
	})
	if moves {
		t.Error("something moves")
	}
	if r, g, b, _ := look.Foreground().RGBA(); r+g+b != 0 && r+g+b != 3*0xFFFF {
		t.Errorf("letters have the colour %v", look.Foreground())
	}
	t.Setenv("FYNE_SCALE", "1")
	respect(wishes.Wishes{Text: 2})
	if got := os.Getenv("FYNE_SCALE"); got != "1" {
		t.Errorf("what the person has set for this program became %q", got)
	}
}
