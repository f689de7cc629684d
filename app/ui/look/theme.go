package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours of ours, beside Fyne's own names.
const (
	colorCard      fyne.ThemeColorName = "card"
	ColorCardEdge  fyne.ThemeColorName = "cardEdge"
	ColorMuted     fyne.ThemeColorName = "muted"     // second-rank text
	ColorWell      fyne.ThemeColorName = "well"      // a quiet box inside a card
	ColorNotice    fyne.ThemeColorName = "notice"    // behind a problem that does not stop sharing
	ColorHint      fyne.ThemeColorName = "hint"      // behind a friendly hint
	ColorConnected fyne.ThemeColorName = "connected" // the card of a phone that just paired

	ColorOnConnected fyne.ThemeColorName = "onConnected"
	ColorGuest       fyne.ThemeColorName = "guest" // what has to do with a guest's pass
	ColorOnGuest     fyne.ThemeColorName = "onGuest"

	ColorTrack fyne.ThemeColorName = "track" // a switch that is off, and its knob
	ColorKnob  fyne.ThemeColorName = "knob"

	ColorOthers fyne.ThemeColorName = "others" // in a plot, what has no colour of its own

	// SizeStep is the text size of the three steps.
	SizeStep fyne.ThemeSizeName = "step"
)

// White is the ground of the QR code, in every theme.
var White = color.White

// look is Fyne's own theme with our colours and rounder corners. Light or dark is the system's
// choice, which Fyne follows.
type look struct{ fyne.Theme }

// strong says that a person needs more contrast.
var strong bool

// Strengthen has all themes use stronger colours, or the usual ones. It is for the time before anything is drawn.
func Strengthen(on bool) { strong = on }

// New is our theme.
func New() fyne.Theme { return look{theme.DefaultTheme()} }

// Foreground is the colour that stands out most, of text and of what has the focus.
func Foreground() color.Color { return theme.Color(theme.ColorNameForeground) }

// Color implements fyne.Theme.
func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	palettes := []map[fyne.ThemeColorName]uint32{darkColors}
	if variant == theme.VariantLight {
		palettes[0] = lightColors
	}
	switch {
	case strong && variant == theme.VariantLight:
		palettes = []map[fyne.ThemeColorName]uint32{strongLight, lightColors}
	case strong:
		palettes = []map[fyne.ThemeColorName]uint32{strongDark, darkColors}
	}
	for _, palette := range palettes {
		if rgba, ok := palette[name]; ok {
			return color.NRGBA{uint8(rgba >> 24), uint8(rgba >> 16), uint8(rgba >> 8), uint8(rgba)}
		}
	}
	return l.Theme.Color(name, variant)
}

// Size implements fyne.Theme.
func (l look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameButtonRadius, theme.SizeNameInputRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return 10
	case theme.SizeNameDialogRadius:
		return CardRadius
	case theme.SizeNameSubHeadingText:
		return 19
	case SizeStep:
		return 16
	case theme.SizeNameCaptionText:
		return 12
	}
	return l.Theme.Size(name)
}

// hushed is our look for what should be seen only by those who look for it: smaller and grey.
type hushed struct{ fyne.Theme }

func (h hushed) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameForeground {
		name = ColorMuted
	}
	return h.Theme.Color(name, variant)
}

func (h hushed) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNameText {
		return 13
	}
	return h.Theme.Size(name)
}

// PlotColors tell the models of a plot apart, the most used first.
var PlotColors = [...]fyne.ThemeColorName{"plot1", "plot2", "plot3", "plot4", "plot5", "plot6"}
