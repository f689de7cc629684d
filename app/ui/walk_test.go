package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app/ui/widgets"
)

// walk visits every visible object below o, until visit wants to go no deeper.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject) (deeper bool)) {
	if o == nil || !o.Visible() || !visit(o) {
		return
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			walk(child, visit)
		}
	}
}

// texts is everything that can be read on o.
func texts(o fyne.CanvasObject) []string {
	var found []string
	walk(o, func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *canvas.Text:
			found = append(found, o.Text)
		case *widget.Label:
			found = append(found, o.Text)
		case *widget.RichText:
			found = append(found, o.String())
		case *widgets.Button:
			found = append(found, o.Text)
		case *widgets.Select:
			found = append(found, o.Selected)
		default:
			return true
		}
		return false
	})
	return found
}

// onScreen is all text of the window and of what lies over it.
func onScreen(u *UI) string {
	found := texts(u.window.Content())
	for _, o := range u.window.Canvas().Overlays().List() {
		found = append(found, texts(o)...)
	}
	return strings.Join(found, "\n")
}

func wantText(t *testing.T, u *UI, want ...string) {
	t.Helper()
	got := onScreen(u)
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("the window does not say %q; it says:\n%s", w, got)
		}
	}
}

func wantNoText(t *testing.T, u *UI, unwanted ...string) {
	t.Helper()
	got := onScreen(u)
	for _, w := range unwanted {
		if strings.Contains(got, w) {
			t.Errorf("the window says %q and should not; it says:\n%s", w, got)
		}
	}
}

// visible says whether o is on the page, with everything around it shown.
func visible(u *UI, wanted fyne.CanvasObject) bool {
	found := false
	walk(u.window.Content(), func(o fyne.CanvasObject) bool {
		found = found || o == wanted
		return true
	})
	return found
}

// button finds a visible button by its text.
func button(t *testing.T, u *UI, label string) *widgets.Button {
	t.Helper()
	var found *widgets.Button
	look := func(o fyne.CanvasObject) bool {
		if b, ok := o.(*widgets.Button); ok && b.Text == label {
			found = b
		}
		return true
	}
	for _, o := range append([]fyne.CanvasObject{u.window.Content()}, u.window.Canvas().Overlays().List()...) {
		walk(o, look)
	}
	if found == nil {
		t.Fatalf("no button %q; the window says:\n%s", label, onScreen(u))
	}
	return found
}

// choose opens the menu of the phone in this row and takes the item.
func choose(t *testing.T, u *UI, row int, item string) {
	t.Helper()
	test.Tap(rowOf(u, row).more)
	tapMenu(t, u, item)
}

// rowOf is a line of the list of phones.
func rowOf(u *UI, row int) *phoneRow { return u.page.phones.rows[u.page.phones.order[row]] }

// tapMenu takes an entry of the open menu.
func tapMenu(t *testing.T, u *UI, item string) {
	t.Helper()
	var items []fyne.Tappable
	for _, o := range u.window.Canvas().Overlays().List() {
		walk(o, func(o fyne.CanvasObject) bool {
			if tap, ok := o.(fyne.Tappable); ok && slices.Contains(texts(o), item) && o.Size().Height < 60 {
				items = append(items, tap)
			}
			return true
		})
	}
	if len(items) == 0 {
		t.Fatalf("no menu item %q", item)
	}
	items[len(items)-1].Tapped(&fyne.PointEvent{})
}

// onTop is what lies over the window.
func onTop(u *UI, visit func(fyne.CanvasObject)) {
	for _, o := range u.window.Canvas().Overlays().List() {
		walk(o, func(o fyne.CanvasObject) bool { visit(o); return true })
	}
}

func switchesOnTop(u *UI) (found []*widgets.Toggle) {
	onTop(u, func(o fyne.CanvasObject) {
		if t, ok := o.(*widgets.Toggle); ok {
			found = append(found, t)
		}
	})
	return found
}

func entriesOnTop(u *UI) (found []*widgets.Field) {
	onTop(u, func(o fyne.CanvasObject) {
		if e, ok := o.(*widgets.Field); ok {
			found = append(found, e)
		}
	})
	return found
}
