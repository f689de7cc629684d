package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/story"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/words"
)

// explain is a title, a sentence and, below, something to press, or nil.
func explain(title, advice string, below fyne.CanvasObject) fyne.CanvasObject {
	head := look.Paragraph(title)
	head.SizeName = theme.SizeNameSubHeadingText
	head.TextStyle.Bold = true
	box := container.NewVBox(head, look.Paragraph(advice))
	if below != nil {
		box.Add(below)
	}
	return look.Middle(box)
}

// installLink leads to the AI app that is the easiest to install and gets models from here; the others are a menu
// behind it.
func (u *UI) installLink() fyne.CanvasObject {
	get := linkButton(words.L("Get Ollama"), &url.URL{Scheme: "https", Host: "ollama.com", Path: "/download"})
	get.Importance = widget.HighImportance
	return container.New(layout.NewCustomPaddedHBoxLayout(8), get, u.otherWays())
}

// otherWays is a button with what else there is than the one thing to do.
func (u *UI) otherWays() fyne.CanvasObject {
	b := widgets.NewButtonWithIcon(words.L("Other ways"), theme.MenuDropDownIcon(), nil)
	b.IconPlacement, b.Importance = widget.ButtonIconTrailingText, widget.LowImportance
	b.OnTapped = func() {
		items := []*fyne.MenuItem{
			fyne.NewMenuItem(words.L("Get LM Studio"), func() { openPage(&url.URL{Scheme: "https", Host: "lmstudio.ai", Path: "/download"}) }),
			fyne.NewMenuItem(words.L("Use an AI app on another computer…"), func() { u.addServer("") }),
		}
		if u.last.OnlyDemo() && !u.trying() {
			items = append(items, fyne.NewMenuItem(words.L("Try the built-in demo first"), u.tryDemo))
		}
		u.openMenu(b, items...)
	}
	return look.Quiet(b)
}

// triesDemo is the preference that says that the person wants to see the demo before there is an AI app.
const triesDemo = "tries-demo"

func (u *UI) trying() bool { return u.app.Preferences().Bool(triesDemo) }

func (u *UI) tryDemo() {
	u.app.Preferences().SetBool(triesDemo, true)
	u.draw()
}

// step is what there is to do next.
func (u *UI) step(s app.State) story.Step { return story.Of(s, u.trying()) }

// linkButton opens a page in the browser.
func linkButton(label string, to *url.URL) *widgets.Button {
	return widgets.NewButton(label, func() { openPage(to) })
}

func openPage(to *url.URL) {
	if err := fyne.CurrentApp().OpenURL(to); err != nil {
		fyne.LogError("open "+to.String(), err)
	}
}

// next is what to do before there is a code, and after a phone has come to it; nil where the guide says what.
func (t *stage) next(sc scene) fyne.CanvasObject {
	switch {
	case sc.leave != farewell{}:
		return explain(sc.leave.title, sc.leave.advice, press(words.L("OK"), t.ui.tookLeave))
	case sc.paired != "":
		return nil
	}
	switch sc.step.Chapter {
	case story.GetApp:
		return explain(words.L("First, get a free AI app"),
			words.L("Ollama runs AI on this computer, and nothing you ask leaves it. Install it, and this window goes on by itself."),
			look.Padded(t.ui.installLink(), 8, 8))
	case story.StartApp:
		return t.ui.startApp(sc.step)
	case story.GetModel:
		return t.getModel(sc.step)
	case story.Coming:
		title := words.L("Your model is on its way")
		if sc.step.Failed {
			title = words.L("Your model has not arrived yet")
		}
		return explain(title, words.L("The code for your phone appears here when it has arrived."),
			look.Padded(t.coming.object, 8, 0))
	case story.Unhide:
		return explain(words.L("Nothing is shared with phones"), words.L("Choose which models phones may use."),
			press(words.L("Choose models"), func() { t.ui.page.turn(onModels) }))
	}
	return nil
}

// startApp is about an AI app that is installed, and not running.
func (u *UI) startApp(step story.Step) fyne.CanvasObject {
	name := map[string]string{"Name": step.Name}
	if step.Help == "" {
		return explain(words.Filled(step.Text, name), words.L("Start it yourself, as you usually do. This window then goes on by itself."),
			container.NewHBox(u.otherWays()))
	}
	return explain(words.Filled(step.Text, name), words.L("This window goes on by itself as soon as it is ready."),
		press(words.Filled(step.Action, name), func() { u.ctl.Help(step.Help) }, u.otherWays()))
}

// getModel is about an AI app that has no model.
func (t *stage) getModel(step story.Step) fyne.CanvasObject {
	name := words.Values{"Name": words.OneLine(step.Name)}
	if !step.Gets {
		return explain(words.L("Now get a model"), words.L("{{.Name}} has no model yet. Download one there.", name), nil)
	}
	return explain(words.L("Now get a model"), words.L("{{.Name}} is ready. A model is what answers you: choose one that fits this computer.", name),
		press(words.L("Get a model"), func() { t.ui.openGet() }))
}

// press is the one thing to press, and perhaps a quiet one beside it.
func press(label string, do func(), beside ...fyne.CanvasObject) fyne.CanvasObject {
	b := widgets.NewButton(label, do)
	b.Importance = widget.HighImportance
	return look.Padded(container.NewHBox(append([]fyne.CanvasObject{b}, beside...)...), 8, 8)
}
