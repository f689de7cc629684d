package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours of ours, beside Fyne's own names.
const (
	colorCard      fyne.ThemeColorName = "card"
	colorCardEdge  fyne.ThemeColorName = "cardEdge"
	colorMuted     fyne.ThemeColorName = "muted"     // second-rank text
	colorWell      fyne.ThemeColorName = "well"      // a quiet box inside a card
	colorNotice    fyne.ThemeColorName = "notice"    // behind a problem that does not stop sharing
	colorHint      fyne.ThemeColorName = "hint"      // behind a friendly hint
	colorConnected fyne.ThemeColorName = "connected" // the card of a phone that just paired

	colorOnConnected fyne.ThemeColorName = "onConnected"
	colorGuest       fyne.ThemeColorName = "guest" // what has to do with a guest's pass
	colorOnGuest     fyne.ThemeColorName = "onGuest"

	colorTrack fyne.ThemeColorName = "track" // a switch that is off, and its knob
	colorKnob  fyne.ThemeColorName = "knob"

	colorOthers fyne.ThemeColorName = "others" // in a plot, what has no colour of its own

	// sizeStep is the text size of the three steps.
	sizeStep fyne.ThemeSizeName = "step"
)

// white is the ground of the QR code, in every theme.
var white = color.White

// look is Fyne's own theme with our colours and rounder corners. Light or dark is the system's
// choice, which Fyne follows.
type look struct{ fyne.Theme }

func newLook() fyne.Theme { return look{theme.DefaultTheme()} }

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

func (l look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameButtonRadius, theme.SizeNameInputRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return 10
	case theme.SizeNameDialogRadius:
		return cardRadius
	case theme.SizeNameSubHeadingText:
		return 19
	case sizeStep:
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
		name = colorMuted
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
		colorCardEdge:                      0xE1E7E5FF,
		colorMuted:                         0x5F6B69FF,
		colorWell:                          0xF0F3F2FF,
		colorNotice:                        0xFDF1DCFF,
		colorHint:                          0xE0F4EEFF,
		colorConnected:                     0x0A7A60FF,
		colorOnConnected:                   0xFFFFFFFF,
		colorGuest:                         0x4F56C8FF,
		colorOnGuest:                       0xFFFFFFFF,
		colorTrack:                         0x84918DFF,
		colorKnob:                          0xFFFFFFFF,
		"plot1":                            0x0A7A60FF,
		"plot2":                            0x3B6FD4FF,
		"plot3":                            0xB87503FF,
		"plot4":                            0x8A5CC9FF,
		"plot5":                            0xD4574AFF,
		"plot6":                            0xC2578FFF,
		colorOthers:                        0x84918DFF,
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
		colorCardEdge:                      0x27312EFF,
		colorMuted:                         0x93A29EFF,
		colorWell:                          0x0D1211FF,
		colorNotice:                        0x372810FF,
		colorHint:                          0x12342BFF,
		colorConnected:                     0x0A7A60FF,
		colorOnConnected:                   0xFFFFFFFF,
		colorGuest:                         0xA3ABFFFF,
		colorOnGuest:                       0x14183FFF,
		colorTrack:                         0x5B6965FF,
		colorKnob:                          0xECF2F0FF,
		"plot1":                            0x35D3A7FF,
		"plot2":                            0x6C9CFFFF,
		"plot3":                            0xF2B84BFF,
		"plot4":                            0xB48CF2FF,
		"plot5":                            0xFF7A6EFF,
		"plot6":                            0xE583B8FF,
		colorOthers:                        0x6B7A75FF,
	}
)

// plotColors tell the models of a plot apart, the most used first.
var plotColors = [mostKinds]fyne.ThemeColorName{"plot1", "plot2", "plot3", "plot4", "plot5", "plot6"}
