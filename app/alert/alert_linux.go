package alert

import (
	"context"
	"html"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// show asks the programs that desktops have for this, in the order of how well they look, and at last for
// a notification, which goes away by itself.
func show(ctx context.Context, title, sentence string) (seen bool) {
	if os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		for _, b := range boxes(title, sentence) {
			if b.show(ctx) {
				return true
			}
		}
	}
	return notify(ctx, title, sentence)
}

// boxes are kdialog of KDE, zenity of GNOME, and xmessage, which comes with X11 itself.
func boxes(title, sentence string) []box {
	return []box{
		{args: []string{"kdialog", "--title", title, "--error", sentence}},
		{args: []string{"zenity", "--error", "--no-markup", "--width=420", "--title=" + title, "--text=" + sentence}},
		{args: []string{"xmessage", "-center", "-title", title, "-buttons", "OK:0", "-default", "OK", "-file", "-"}, stdin: wrapped(sentence)},
	}
}

const (
	// lineWidth is how many characters xmessage gets in a line: it breaks none itself,
	// and takes no more than 70 % of the screen.
	lineWidth = 56
	// margin keeps the end of a line in sight: xmessage makes no room for the scroll bar that it adds.
	margin = "      "
)

func wrapped(sentence string) string {
	var b strings.Builder
	room := lineWidth
	for word := range strings.FieldsSeq(sentence) {
		if n := len([]rune(word)) + 1; n <= room || room == lineWidth {
			room -= n
		} else {
			b.WriteString(margin + "\n")
			room = lineWidth - n
		}
		b.WriteString(word + " ")
	}
	return b.String() + margin + "\n"
}

// busWithin is how long the desktop may take to answer.
const busWithin = 3 * time.Second

// notify asks the desktop for a notification that stays until it is read
// (https://specifications.freedesktop.org/notification-spec).
func notify(ctx context.Context, title, sentence string) (seen bool) {
	ctx, cancel := context.WithTimeout(ctx, busWithin)
	defer cancel()
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx)) // the end of ctx closes it
	if err != nil {
		return false
	}
	defer bus.Close()
	if bus.Auth(nil) != nil || bus.Hello() != nil {
		return false
	}
	const name = "org.freedesktop.Notifications"
	desktop := bus.Object(name, "/org/freedesktop/Notifications")
	var can []string
	if desktop.CallWithContext(ctx, name+".GetCapabilities", 0).Store(&can) == nil && slices.Contains(can, "body-markup") {
		sentence = html.EscapeString(sentence)
	}
	const critical, never = byte(2), int32(0) // urgency, and when it expires
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(critical)}
	return desktop.CallWithContext(ctx, name+".Notify", 0,
		"Modelbeam", uint32(0), "app.modelbeam.Modelbeam", title, sentence, []string{}, hints, never).Err == nil
}
