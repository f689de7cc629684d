package tray

import (
	"strings"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/plain"
	"modelbeam/app/words"
)

// view is what there is to see of a State. It is comparable on purpose: what did not change is not sent,
// because some desktops close an open menu in which anything happens.
type view struct {
	line     string // how things are
	awake    string // why the computer does not go to sleep; empty: it may
	pause    string
	language string // of what is said here and in the items that are always there
	stuck    bool   // there is nothing to pause
	paused   bool   // the icon says so
	atLogin  bool   // we are started when the person logs in
	loginSet bool   // the person can change that

	paired  bool // a phone has just paired
	watched bool // somebody looks at the code for the next one, and sees that
}

func viewOf(s app.State) view {
	v := view{
		line:     label(words.Headline(s)),
		awake:    label(words.Awake(s.Awake)),
		pause:    words.L("Pause"),
		language: words.Spoken(),
		stuck:    s.Phase == app.Failed,
		paused:   s.Phase == app.Paused,

		atLogin:  s.Login.State == autostart.On,
		loginSet: s.Login.State != autostart.Unavailable,

		paired:  s.JustPaired != "",
		watched: s.Pairing.Code != "",
	}
	if v.paused {
		v.pause = words.L("Resume")
	}
	return v
}

// longestLabel is how many characters of a sentence a menu shows. A menu is as wide as its widest item.
const longestLabel = 72

// label makes an item of a text with names in it that others chose: one short line, nothing invisible, and
// no character that the system would take for the mark of a shortcut.
func label(text string) string {
	text = words.Shortened(words.OneLine(plain.Text(text)), longestLabel)
	if shortcutMark == "" {
		return text
	}
	return strings.ReplaceAll(text, shortcutMark, shortcutMark+shortcutMark)
}
