package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// emblem is a quiet square with a picture in its middle.
func emblem(fill fyne.ThemeColorName, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(rounded(fill, cardRadius), o)
}

// connected is the green square for a phone that just paired.
func connected(name string) fyne.CanvasObject {
	disc := canvas.NewCircle(white)
	tick := icon(theme.ConfirmIcon(), colorConnected, 52)
	badge := container.NewStack(sized(disc, fyne.NewSquareSize(88)), tick)
	who := widget.NewRichText(&widget.TextSegment{Text: name, Style: widget.RichTextStyle{
		Alignment: fyne.TextAlignCenter, ColorName: colorOnConnected, SizeName: theme.SizeNameSubHeadingText,
		TextStyle: fyne.TextStyle{Bold: true},
	}})
	who.Truncation = fyne.TextTruncateEllipsis
	said := text(lang.L("Connected"), 15, colorOnConnected, fyne.TextStyle{})
	said.Alignment = fyne.TextAlignCenter
	lines := container.NewVBox(centred(badge), who, said)
	return emblem(colorConnected, padded(middle(lines), 0, 8))
}
