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

// The palettes, as 0xRRGGBBAA.
var (
	lightColors = map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground:          0xF3F5F9FF,
		theme.ColorNameForeground:          0x1B2330FF,
		theme.ColorNamePrimary:             0x3565E0FF,
		theme.ColorNameForegroundOnPrimary: 0xFFFFFFFF,
		theme.ColorNameHyperlink:           0x3565E0FF,
		theme.ColorNameFocus:               0x3565E033,
		theme.ColorNameSelection:           0x3565E033,
		theme.ColorNameButton:              0x1B305A17, // see-through: buttons stand on several grounds
		theme.ColorNameInputBackground:     0xFFFFFFFF,
		theme.ColorNameOverlayBackground:   0xFFFFFFFF,
		theme.ColorNameMenuBackground:      0xFFFFFFFF,
		theme.ColorNameSeparator:           0xE4E8EFFF,
		theme.ColorNameDisabled:            0x5D6878FF, // Fyne's second-rank labels
		theme.ColorNameSuccess:             0x17845AFF,
		theme.ColorNameError:               0xC8372DFF,
		theme.ColorNameWarning:             0xB26A00FF,
		colorCard:                          0xFFFFFFFF,
		colorCardEdge:                      0xE1E6EEFF,
		colorMuted:                         0x5D6878FF,
		colorWell:                          0xF3F5F9FF,
		colorNotice:                        0xFFF3DCFF,
		colorHint:                          0xE7EEFDFF,
		colorConnected:                     0x17845AFF,
		colorOnConnected:                   0xFFFFFFFF,
	}
	darkColors = map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground:          0x14171DFF,
		theme.ColorNameForeground:          0xEDF0F5FF,
		theme.ColorNamePrimary:             0x7FA3FFFF,
		theme.ColorNameForegroundOnPrimary: 0x0E1526FF,
		theme.ColorNameHyperlink:           0x8FAFFFFF,
		theme.ColorNameFocus:               0x7FA3FF40,
		theme.ColorNameSelection:           0x7FA3FF40,
		theme.ColorNameButton:              0xDCE6FF1F,
		theme.ColorNameInputBackground:     0x14171DFF,
		theme.ColorNameOverlayBackground:   0x232831FF,
		theme.ColorNameMenuBackground:      0x2A303AFF,
		theme.ColorNameSeparator:           0x2C323CFF,
		theme.ColorNameDisabled:            0x9DA7B6FF,
		theme.ColorNameSuccess:             0x4CC38AFF,
		theme.ColorNameError:               0xFF7A6EFF,
		theme.ColorNameWarning:             0xF2B24BFF,
		colorCard:                          0x1E222AFF,
		colorCardEdge:                      0x2B313BFF,
		colorMuted:                         0x9DA7B6FF,
		colorWell:                          0x14171DFF,
		colorNotice:                        0x3A2F1BFF,
		colorHint:                          0x1D2A47FF,
		colorConnected:                     0x1B7F58FF,
		colorOnConnected:                   0xFFFFFFFF,
	}
)
