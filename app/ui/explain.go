package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"modelbeam/app/ui/look"
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

// installLinks leads to the two AI apps that are the easiest to install.
func installLinks() fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedHBoxLayout(8),
		linkButton(words.L("Get Ollama"), &url.URL{Scheme: "https", Host: "ollama.com", Path: "/download"}),
		linkButton(words.L("Get LM Studio"), &url.URL{Scheme: "https", Host: "lmstudio.ai", Path: "/download"}),
	)
}

// linkButton opens a page in the browser.
func linkButton(label string, to *url.URL) fyne.CanvasObject {
	return widgets.NewButton(label, func() {
		if err := fyne.CurrentApp().OpenURL(to); err != nil {
			fyne.LogError("open "+to.String(), err)
		}
	})
}
