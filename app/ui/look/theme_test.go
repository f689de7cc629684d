package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// contrast is that of WCAG 2.2, between 1 and 21
// (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
func contrast(a, b color.Color) float64 {
	bright, dark := luminance(a), luminance(b)
	if bright < dark {
		bright, dark = dark, bright
	}
	return (bright + 0.05) / (dark + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// over is what a see-through colour looks like on a ground.
func over(c, ground color.Color) color.Color {
	r, g, b, a := c.RGBA()
	gr, gg, gb, _ := ground.RGBA()
	mix := func(v, under uint32) uint16 { return uint16(v + under*(0xFFFF-a)/0xFFFF) }
	return color.RGBA64{mix(r, gr), mix(g, gg), mix(b, gb), 0xFFFF}
}

func TestTextIsReadable(t *testing.T) {
	const enough = 4.5 // WCAG AA for text of ordinary size
	grounds := []fyne.ThemeColorName{theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground, colorCard, ColorWell}
	texts := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		theme.ColorNameForeground:          append(grounds, ColorNotice, ColorHint),
		ColorMuted:                         grounds,
		theme.ColorNameDisabled:            grounds,
		theme.ColorNamePlaceHolder:         {theme.ColorNameInputBackground},
		theme.ColorNameSuccess:             {colorCard, theme.ColorNameOverlayBackground},
		theme.ColorNameWarning:             {colorCard, theme.ColorNameOverlayBackground},
		theme.ColorNameForegroundOnPrimary: {theme.ColorNamePrimary},
		ColorOnConnected:                   {ColorConnected},
		ColorOnGuest:                       {ColorGuest},
	}
	l := New()
	for name, variant := range test.KnownThemeVariants() {
		for ink, grounds := range texts {
			for _, ground := range grounds {
				if got := contrast(l.Color(ink, variant), l.Color(ground, variant)); got < enough {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", name, ink, ground, got, enough)
				}
			}
		}
		for _, ground := range []fyne.ThemeColorName{theme.ColorNameBackground, colorCard, ColorNotice, ColorHint} {
			button := over(l.Color(theme.ColorNameButton, variant), l.Color(ground, variant))
			if got := contrast(l.Color(theme.ColorNameForeground, variant), button); got < enough {
				t.Errorf("%s: a button on %s has a contrast of %.2f, want %.1f", name, ground, got, enough)
			}
		}
	}
}

func TestPlotIsReadable(t *testing.T) {
	const enough = 3 // WCAG 2.2, 1.4.11, for what is no text
	l := New()
	for name, variant := range test.KnownThemeVariants() {
		for _, tint := range append(PlotColors[:], ColorOthers, ColorGuest) {
			if got := contrast(l.Color(tint, variant), l.Color(colorCard, variant)); got < enough {
				t.Errorf("%s: %s on a card has a contrast of %.2f, want %d", name, tint, got, enough)
			}
		}
	}
}
