package ui

import (
	"cmp"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// settingsPage is the fourth page of the window: what is set once and then forgotten.
type settingsPage struct {
	atLogin, plugged, news *widgets.Toggle
	loginNote              *widget.Label
	language               *widgets.Select
	awakeNow               *widget.Label     // why the computer stays awake, or may not
	versions               fyne.CanvasObject // the sheet with news
	object                 fyne.CanvasObject
}

// newSettingsPage makes it for a computer whose logs are in a folder.
func newSettingsPage(u *UI, logs string, back func()) *settingsPage {
	s := &settingsPage{
		atLogin:   widgets.NewToggle(words.L("Start with the computer"), u.ctl.StartAtLogin),
		plugged:   widgets.NewToggle(words.L("Also whenever it is plugged in"), u.ctl.StayAwake),
		news:      widgets.NewToggle(words.L("Tell me about new versions"), u.ctl.LookForUpdates),
		loginNote: note(""), awakeNow: note(""),
	}
	s.versions = look.Card(setting(words.L("Tell me about new versions"), s.news,
		note(words.L("This asks the release page once a week, and tells it nothing about you."))))
	s.language = languageChoice(u.ctl)
	sheets := container.New(layout.NewCustomPaddedVBoxLayout(10),
		look.Card(setting(words.L("Start with the computer"), s.atLogin, s.loginNote)),
		look.Card(container.New(layout.NewCustomPaddedVBoxLayout(8), s.awake()...)),
		s.versions,
		look.Card(setting(words.L("Language"), s.language, note(words.L("The phone’s page follows the phone.")))),
		look.Card(setting(words.L("Log"), widgets.NewButton(words.L("Open folder"), func() { openFolder(logs) }),
			note(words.L("It says what went wrong, and never holds keys, codes, questions or answers.")), path(logs))),
		look.Card(setting(words.L("Quit Modelbeam"), widgets.NewButton(words.L("Quit"), u.askQuit),
			note(words.L("Phones cannot use the AI on this computer while Modelbeam is closed.")))))
	body := container.New(look.Column{Max: readingWidth}, container.New(layout.NewCustomPaddedLayout(0, 16, 16, 16), sheets))
	s.object = look.Border(pageHeader(words.L("Settings"), back, nil), nil, nil, nil, container.NewVScroll(body))
	return s
}

// awake are the two lines about sleep. There is no switch for the first: a phone would wait in vain.
func (s *settingsPage) awake() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		setting(words.L("Stay awake while phones use this computer"), nil,
			note(words.L("While a phone gets an answer, and for a minute after. Not when the battery is low, and not while the lid is closed.")), s.awakeNow),
		setting(words.L("Also whenever it is plugged in"), s.plugged,
			note(words.L("Phones can then reach this computer for as long as you share."))),
	}
}

// setting is a name with notes below it, and at the right what changes it, if anything does.
func setting(name string, control fyne.CanvasObject, notes ...fyne.CanvasObject) fyne.CanvasObject {
	title := widget.NewLabel(name)
	title.TextStyle.Bold = true
	title.Truncation = fyne.TextTruncateEllipsis
	text := container.New(layout.NewCustomPaddedVBoxLayout(-12), append([]fyne.CanvasObject{title}, notes...)...)
	if control == nil {
		return text
	}
	return look.Border(nil, nil, nil, look.Padded(look.Centred(control), 0, 8), text)
}

// note is a sentence in small letters.
func note(text string) *widget.Label {
	l := look.Paragraph(text)
	l.Importance, l.SizeName = widget.LowImportance, theme.SizeNameCaptionText
	return l
}

// languageChoice has the languages by their own names, so that everybody finds back, after the system's.
func languageChoice(ctl Controller) *widgets.Select {
	names := []string{words.L("As the system")}
	for _, l := range words.Languages {
		names = append(names, l.Name)
	}
	choice := widgets.NewSelect(names, "", nil)
	// A choice is as wide as what stands in it while nothing is chosen.
	choice.PlaceHolder = slices.MaxFunc(names, func(a, b string) int {
		return cmp.Compare(fyne.MeasureText(a, theme.TextSize(), fyne.TextStyle{}).Width, fyne.MeasureText(b, theme.TextSize(), fyne.TextStyle{}).Width)
	})
	choice.OnChanged = func(string) {
		tag := ""
		if at := choice.SelectedIndex(); at > 0 {
			tag = words.Languages[at-1].Tag
		}
		ctl.UseLanguage(tag)
	}
	return choice
}

// showLanguage selects what was chosen, which chooses nothing.
func (s *settingsPage) showLanguage(tag string) {
	name := s.language.Options[0]
	for _, l := range words.Languages {
		if l.Tag == tag {
			name = l.Name
		}
	}
	if s.language.Selected != name {
		s.language.Selected = name
		s.language.Refresh()
	}
}

// path is where something is on the disk. It has no blanks to wrap at.
func path(name string) fyne.CanvasObject {
	l := note(name)
	l.Wrapping = fyne.TextWrapBreak
	return l
}

func (s *settingsPage) show(state app.State) {
	s.atLogin.Set(state.Login.State == autostart.On)
	s.plugged.Set(state.Awake.Plugged)
	s.showLanguage(state.Language)
	s.news.Set(state.Update != nil && state.Update.On)
	look.SetShown(s.versions, state.Update != nil) // a build that knows no release page has nothing to ask
	look.SetShown(s.atLogin, state.Login.State != autostart.Unavailable)
	look.SetLabel(s.loginNote, loginNote(state.Login))
	now := words.Awake(state.Awake)
	look.SetLabel(s.awakeNow, now)
	look.SetShown(s.awakeNow, now != "")
}

func loginNote(l app.Login) string {
	switch {
	case l.State == autostart.Blocked:
		return words.L("It is turned off in this computer's startup apps. Turning it on here turns it on there too.")
	case l.State == autostart.Unavailable && l.Why != autostart.ErrNoProgram.Error():
		return words.L("The system cannot start Modelbeam from its folder. Move it to another one, and open it there.")
	case l.State == autostart.Unavailable:
		return words.L("This copy of Modelbeam cannot start by itself. Install it first.")
	}
	return words.L("Modelbeam then shares in the background as soon as you log in.")
}

// openFolder shows a folder in the system's own program for files.
func openFolder(folder string) {
	to := folderURL(filepath.ToSlash(folder))
	if err := fyne.CurrentApp().OpenURL(to); err != nil {
		fyne.LogError("open "+folder, err)
	}
}

// folderURL is the address of a folder whose path has slashes: C:/Users is file:///C:/Users.
func folderURL(path string) *url.URL {
	return &url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}
}
