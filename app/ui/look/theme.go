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

// New is our theme.
func New() fyne.Theme { return look{theme.DefaultTheme()} }

// Foreground is the colour that stands out most, of text and of what has the focus.
func Foreground() color.Color { return theme.Color(theme.ColorNameForeground) }

// Color implements fyne.Theme.
func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	palette := darkColors
	if variant == theme.VariantLight {
		palette = lightColors
	}
	if rgba, ok := palette[name]; ok {
		return color.NRGBA{uint8(rgba >> 24), uint8(rgba >> 16), uint8(rgba >> 8), uint8(rgba)}
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

// The palettes, as 0xRRGGBBAA: those of the connect page (connect.css), so that the phone and the
// window look like one product.
var (
	lightColors = map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground:          0xFBFCFBFF,
		theme.ColorNameForeground:          0x14191AFF,
		theme.ColorNamePrimary:             0x0A7A60FF,
		theme.ColorNameForegroundOnPrimary: 0xFFFFFFFF,
		theme.ColorNameHyperlink:           0x0A7A60FF,
		theme.ColorNameFocus:               0x0A7A6033,
		theme.ColorNameSelection:           0x0A7A6033,
		theme.ColorNameButton:              0x0F3A2E14, // see-through: buttons stand on several grounds
		theme.ColorNameInputBackground:     0xFFFFFFFF,
		theme.ColorNameInputBorder:         0xC9D3D0FF,
		theme.ColorNameOverlayBackground:   0xFFFFFFFF,
		theme.ColorNameMenuBackground:      0xFFFFFFFF,
		theme.ColorNameSeparator:           0xE1E7E5FF,
		theme.ColorNameDisabled:            0x5F6B69FF, // Fyne's second-rank labels
		theme.ColorNamePlaceHolder:         0x5F6B69FF,
		theme.ColorNameSuccess:             0x0A7A60FF,
		theme.ColorNameError:               0xC8372DFF,
		theme.ColorNameWarning:             0x9A5B00FF,
		colorCard:                          0xFFFFFFFF,
		ColorCardEdge:                      0xE1E7E5FF,
		ColorMuted:                         0x5F6B69FF,
		ColorWell:                          0xF0F3F2FF,
		ColorNotice:                        0xFDF1DCFF,
		ColorHint:                          0xE0F4EEFF,
		ColorConnected:                     0x0A7A60FF,
		ColorOnConnected:                   0xFFFFFFFF,
		ColorGuest:                         0x4F56C8FF,
		ColorOnGuest:                       0xFFFFFFFF,
		ColorTrack:                         0x84918DFF,
		ColorKnob:                          0xFFFFFFFF,
		"plot1":                            0x0A7A60FF,
		"plot2":                            0x3B6FD4FF,
		"plot3":                            0xB87503FF,
		"plot4":                            0x8A5CC9FF,
		"plot5":                            0xD4574AFF,
		"plot6":                            0xC2578FFF,
		ColorOthers:                        0x84918DFF,
	}
	darkColors = map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground:          0x0D1211FF,
		theme.ColorNameForeground:          0xECF2F0FF,
		theme.ColorNamePrimary:             0x35D3A7FF,
		theme.ColorNameForegroundOnPrimary: 0x04261DFF,
		theme.ColorNameHyperlink:           0x35D3A7FF,
		theme.ColorNameFocus:               0x35D3A740,
		theme.ColorNameSelection:           0x35D3A740,
		theme.ColorNameButton:              0xDCFFF41C,
		theme.ColorNameInputBackground:     0x0D1211FF,
		theme.ColorNameInputBorder:         0x3A4743FF,
		theme.ColorNameOverlayBackground:   0x1B2321FF,
		theme.ColorNameMenuBackground:      0x222C29FF,
		theme.ColorNameSeparator:           0x27312EFF,
		theme.ColorNameDisabled:            0x93A29EFF,
		theme.ColorNamePlaceHolder:         0x93A29EFF,
		theme.ColorNameSuccess:             0x35D3A7FF,
		theme.ColorNameError:               0xFF7A6EFF,
		theme.ColorNameWarning:             0xF6C777FF,
		colorCard:                          0x161D1BFF,
		ColorCardEdge:                      0x27312EFF,
		ColorMuted:                         0x93A29EFF,
		ColorWell:                          0x0D1211FF,
		ColorNotice:                        0x372810FF,
		ColorHint:                          0x12342BFF,
		ColorConnected:                     0x0A7A60FF,
		ColorOnConnected:                   0xFFFFFFFF,
		ColorGuest:                         0xA3ABFFFF,
		ColorOnGuest:                       0x14183FFF,
		ColorTrack:                         0x5B6965FF,
		ColorKnob:                          0xECF2F0FF,
		"plot1":                            0x35D3A7FF,
		"plot2":                            0x6C9CFFFF,
		"plot3":                            0xF2B84BFF,
		"plot4":                            0xB48CF2FF,
		"plot5":                            0xFF7A6EFF,
		"plot6":                            0xE583B8FF,
		ColorOthers:                        0x6B7A75FF,
	}
)

// PlotColors tell the models of a plot apart, the most used first.
var PlotColors = [...]fyne.ThemeColorName{"plot1", "plot2", "plot3", "plot4", "plot5", "plot6"}
