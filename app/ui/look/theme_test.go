package look

import (
	"image/color"
	"math"
	"strings"
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

// ground is a colour that others stand on; a see-through button stands on one in turn.
func groundsOf(l fyne.Theme, v fyne.ThemeVariant) map[string]color.Color {
	all := make(map[string]color.Color)
	for _, name := range []fyne.ThemeColorName{
		theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground, colorCard, ColorWell,
		ColorNotice, ColorHint, theme.ColorNameInputBackground,
	} {
		all[string(name)] = l.Color(name, v)
		all["button on "+string(name)] = over(l.Color(theme.ColorNameButton, v), l.Color(name, v))
		all["focused button on "+string(name)] = over(l.Color(theme.ColorNameFocus, v), over(l.Color(theme.ColorNameButton, v), l.Color(name, v)))
	}
	for _, name := range []fyne.ThemeColorName{theme.ColorNamePrimary, theme.ColorNameError, ColorConnected, ColorGuest, ColorTrack} {
		all[string(name)] = l.Color(name, v)
	}
	return all
}

// pairs are what stands on what, where the two have to be told apart.
var pairs = []struct {
	ink    fyne.ThemeColorName
	on     string // separated by commas
	isText bool
}{
	{theme.ColorNameForeground, "background,overlayBackground,menuBackground,card,well,notice,hint,inputBackground", true},
	{theme.ColorNameForeground, "button on background,button on card,button on well,button on notice,button on hint,button on overlayBackground", true},
	{theme.ColorNameForeground, "focused button on background,focused button on card,focused button on overlayBackground", true},
	{ColorMuted, "background,overlayBackground,menuBackground,card,well", true},
	{theme.ColorNameDisabled, "background,overlayBackground,menuBackground,card,well", true},
	{theme.ColorNamePlaceHolder, "inputBackground", true},
	{theme.ColorNameHyperlink, "card,overlayBackground", true},
	{theme.ColorNameSuccess, "card,overlayBackground", true},
	{theme.ColorNameWarning, "card,overlayBackground,well", true},
	{theme.ColorNameForegroundOnPrimary, "primary", true},
	{theme.ColorNameForegroundOnError, "error", true},
	{ColorOnConnected, "connected", true},
	{ColorOnGuest, "guest", true},
	// What is no text: WCAG 2.2, 1.4.11.
	{theme.ColorNameInputBorder, "inputBackground,card,overlayBackground", false},
	{theme.ColorNamePrimary, "background,card,well,overlayBackground,hint", false},
	{theme.ColorNameError, "background,card,overlayBackground", false},
	{theme.ColorNameWarning, "background,notice", false},
	{theme.ColorNameSuccess, "background,well", false},
	{ColorConnected, "card", false},
	{ColorGuest, "card,well", false},
	{ColorTrack, "card,overlayBackground", false},
	{ColorKnob, "track", false},
	// The frame around what has the focus is of two lines: one of them stands out, on whatever.
	{theme.ColorNameForeground, "background,card,well,notice,hint,overlayBackground", false},
}

// TestColoursAreToldApart holds the contrast of all that is seen, for everybody and for those who need more.
func TestColoursAreToldApart(t *testing.T) {
	defer Strengthen(false)
	for _, strengthened := range []bool{false, true} {
		Strengthen(strengthened)
		text, other := 4.5, 3.0
		if strengthened {
			text, other = 7, 4.5 // WCAG 2.2, 1.4.6
		}
		for name, variant := range test.KnownThemeVariants() {
			l := New()
			grounds := groundsOf(l, variant)
			for _, p := range pairs {
				enough := other
				if p.isText {
					enough = text
				}
				for on := range strings.SplitSeq(p.on, ",") {
					ground, known := grounds[on]
					if !known {
						t.Fatalf("there is no ground %q", on)
					}
					if got := contrast(l.Color(p.ink, variant), ground); got < enough {
						t.Errorf("%s, strengthened %t: %s on %s has a contrast of %.2f, want %.1f", name, strengthened, p.ink, on, got, enough)
					}
				}
			}
		}
	}
}

// TestFocusIsSeen: of the two lines around what has the focus, one is told from any ground, also from a button that is
// one colour.
func TestFocusIsSeen(t *testing.T) {
	for name, variant := range test.KnownThemeVariants() {
		l := New()
		for on, ground := range groundsOf(l, variant) {
			outer, inner := contrast(l.Color(theme.ColorNameForeground, variant), ground), contrast(l.Color(theme.ColorNameBackground, variant), ground)
			if max(outer, inner) < 3 {
				t.Errorf("%s: on %s the lines have contrasts of %.2f and %.2f", name, on, outer, inner)
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
