package trayhost

import (
	"fmt"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/await"
)

const itemPath = "/StatusNotifierItem"

// Icon is an icon in the tray, as a desktop sees it.
type Icon struct {
	item, menu dbus.BusObject
	shown      map[string]int32 // the items of the menu that Await saw
	t          testing.TB
}

// Property is one of org.kde.StatusNotifierItem.
func (i *Icon) Property(name string) any {
	i.t.Helper()
	value, err := i.item.GetProperty("org.kde.StatusNotifierItem." + name)
	if err != nil {
		i.t.Fatalf("read %s of the icon: %v", name, err)
	}
	return value.Value()
}

// Tap clicks on the icon itself.
func (i *Icon) Tap() {
	i.t.Helper()
	if err := i.item.Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err; err != nil {
		i.t.Fatalf("click on the icon: %v", err)
	}
}

// menuItem is one entry in the answer of com.canonical.dbusmenu.GetLayout.
type menuItem struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// text is how a menu draws the item: "-" is a separator, brackets are what cannot be pressed. What cannot be
// seen is "".
func (i menuItem) text() string {
	label, _ := i.Properties["label"].Value().(string)
	if i.Properties["type"].Value() == "separator" {
		label = "-"
	}
	if i.Properties["enabled"].Value() == false {
		label = "[" + label + "]"
	}
	if i.Properties["toggle-type"].Value() == "checkmark" {
		label = map[any]string{int32(0): "☐ ", int32(1): "☑ "}[i.Properties["toggle-state"].Value()] + label
	}
	if i.Properties["visible"].Value() == false {
		label = ""
	}
	return label
}

// look reads the menu.
func (i *Icon) look() (texts []string, err error) {
	var revision uint32
	var root menuItem
	err = i.menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root)
	i.shown = map[string]int32{}
	for _, variant := range root.Children {
		var item menuItem
		if err := dbus.Store([]any{variant.Value()}, &item); err != nil {
			return nil, err
		}
		if text := item.text(); text != "" {
			i.shown[text] = item.ID
			texts = append(texts, text)
		}
	}
	return texts, err
}

// Await reads the menu until it shows exactly this: "-" is a separator, [brackets] are what cannot be
// pressed, and ☑ is before what is checked. An icon registers a moment before its menu is there, so that an
// error may pass too.
func (i *Icon) Await(want ...string) {
	i.t.Helper()
	await.Get(i.t, fmt.Sprintf("the tray's menu is %q", want), func() []string {
		shown, err := i.look()
		if err != nil {
			return []string{err.Error()}
		}
		return shown
	}, func(shown []string) bool { return slices.Equal(shown, want) })
}

// Click presses an item that Await saw, and does not wait for an answer: who quits may be gone before it gives one.
// What comes of it is for the test to see.
func (i *Icon) Click(text string) {
	i.t.Helper()
	id, seen := i.shown[text]
	if !seen {
		i.t.Fatalf("there is no %q in the tray's menu", text)
	}
	err := i.menu.Call("com.canonical.dbusmenu.Event", dbus.FlagNoReplyExpected, id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	if err != nil {
		i.t.Fatalf("click on %q in the tray's menu: %v", text, err)
	}
}
