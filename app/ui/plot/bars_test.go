package plot

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"modelbeam/app/ui/look"
	"modelbeam/app/words"
)

// plotOf is a plot of these stacks on the days until noon, at this width.
func plotOf(t *testing.T, width float32, stacks ...[]int) *Bars {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New())
	p := NewBars(func(int) {})
	days := DaysUntil(noon)
	p.Set(days[len(days)-len(stacks):], stacks, TintsOf(make([]string, MostKinds)))
	p.Resize(fyne.NewSize(width, plotHeight))
	return p
}

func labelsOf(p *Bars) (labels []*canvas.Text) {
	for _, o := range test.WidgetRenderer(p).Objects() {
		if l, ok := o.(*canvas.Text); ok {
			labels = append(labels, l)
		}
	}
	return labels
}

// piecesOf are the pieces of the bars in a colour.
func piecesOf(p *Bars, tint fyne.ThemeColorName) (pieces []*canvas.Rectangle) {
	for _, o := range test.WidgetRenderer(p).Objects() {
		if r, ok := o.(*canvas.Rectangle); ok && r.FillColor == theme.Color(tint) {
			pieces = append(pieces, r)
		}
	}
	return pieces
}

func TestStepFor(t *testing.T) {
	for most, want := range map[int]int{
		1: 1, 4: 1, 5: 2, 8: 2, 9: 5, 20: 5, 21: 10, 41: 20, 81: 50, 999: 500, 1_000_000: 500_000, math.MaxInt64 / 4: 1e18, math.MaxInt64: 5e18,
	} {
		if got := stepFor(most); got != want {
			t.Errorf("for %d the lines are %d apart, want %d", most, got, want)
		}
	}
}

// However wide the window and however large the numbers: every label is inside the plot and
// none touches another.
func TestPlotLabelsFit(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		useLanguage(t, language)
		for _, width := range []float32{320, 400, 511, 640, 860} {
			for _, most := range []int{0, 1, 7, 1234, 999_999, 1_234_567, 2_000_000_000_000, math.MaxInt64 / 30} {
				stacks := make([][]int, 30)
				for i := range stacks {
					stacks[i] = []int{most * i / 29}
				}
				p := plotOf(t, width, stacks...)
				checkLabels(t, fmt.Sprintf("%s, %v wide, up to %d", language, width, most), p)
			}
		}
	}
}

func checkLabels(t *testing.T, name string, p *Bars) {
	t.Helper()
	labels := labelsOf(p)
	if len(labels) < 5 {
		t.Errorf("%s: only %d labels", name, len(labels))
	}
	today := words.L("Today")
	if !slices.ContainsFunc(labels, func(l *canvas.Text) bool { return l.Text == today }) {
		t.Errorf("%s: today has no name", name)
	}
	for i, a := range labels {
		at, size := a.Position(), a.Size()
		if at.X < 0 || at.Y < 0 || at.X+size.Width > p.Size().Width+0.1 || at.Y+size.Height > p.Size().Height+0.1 {
			t.Errorf("%s: %q at %v of size %v is not inside %v", name, a.Text, at, size, p.Size())
		}
		for _, b := range labels[:i] {
			if overlap(a, b) {
				t.Errorf("%s: %q and %q overlap", name, a.Text, b.Text)
			}
		}
	}
}

func overlap(a, b fyne.CanvasObject) bool {
	return a.Position().X < b.Position().X+b.Size().Width && b.Position().X < a.Position().X+a.Size().Width &&
		a.Position().Y < b.Position().Y+b.Size().Height && b.Position().Y < a.Position().Y+a.Size().Height
}

func TestBarsAreAsTallAsTheyCount(t *testing.T) {
	p := plotOf(t, 640, []int{0, 0}, []int{100, 300}, []int{1, 0}, []int{400, 0})
	lower, upper := piecesOf(p, look.PlotColors[0]), piecesOf(p, look.PlotColors[1])
	if len(lower) != 3 || len(upper) != 1 {
		t.Fatalf("%d and %d pieces, want 3 and 1", len(lower), len(upper))
	}
	full := lower[2].Size().Height
	if got := lower[0].Size().Height; math.Abs(float64(got-full/4)) > 1 {
		t.Errorf("100 of 400 is %v tall, want a quarter of %v", got, full)
	}
	if got := lower[1].Size().Height; got < leastBar-0.1 {
		t.Errorf("1 of 400 is %v tall and not to be seen", got)
	}
	ground := lower[2].Position().Y + full
	for i, piece := range lower {
		if got := piece.Position().Y + piece.Size().Height; math.Abs(float64(got-ground)) > 0.5 {
			t.Errorf("bar %d stands at %v, want %v", i, got, ground)
		}
	}
	if got, want := upper[0].Position().Y, lower[2].Position().Y; math.Abs(float64(got-want)) > 0.5 {
		t.Errorf("100 and 300 reach up to %v, want %v as 400 does", got, want)
	}
	if upper[0].TopLeftCornerRadius == 0 || lower[0].TopLeftCornerRadius != 0 {
		t.Error("not the top of a bar is round, but a piece inside")
	}
}

func TestEmptyPlot(t *testing.T) {
	p := plotOf(t, 640, make([][]int, 30)...)
	for _, tint := range look.PlotColors {
		if n := len(piecesOf(p, tint)); n > 0 {
			t.Errorf("%d pieces of nothing", n)
		}
	}
	if len(labelsOf(p)) < 5 {
		t.Error("without bars there is no scale")
	}
}

// The mouse tells of the day below it, a click keeps that, another click lets go.
func TestPlotTellsADay(t *testing.T) {
	var told []int
	p := plotOf(t, 640, []int{1}, []int{2}, []int{3})
	p.told = func(day int) { told = append(told, day) }
	at := func(day int) fyne.Position {
		a := p.area(p.Size())
		return fyne.NewPos(a.left+(float32(day)+0.5)*a.slot, 100)
	}
	over := func(day int) { p.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at(day)}}) }
	click := func(day int) { p.Tapped(&fyne.PointEvent{Position: at(day)}) }

	over(0)
	over(0)
	over(1)
	p.MouseOut()
	click(2)
	over(0)
	p.MouseOut()
	click(2)
	click(1)
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(1, 100)}) // left of the bars
	want := []int{0, 1, NoDay, 2, 0, 2, NoDay, 1, NoDay}
	if fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("told of the days %v, want %v", told, want)
	}
}

func TestDaysUntil(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	for _, now := range []time.Time{
		time.Date(2026, time.March, 30, 0, 30, 0, 0, berlin), // after a day of 23 hours
		time.Date(2026, time.October, 26, 23, 30, 0, 0, berlin),
		time.Date(2026, time.January, 3, 12, 0, 0, 0, berlin),
	} {
		days := DaysUntil(now)
		for i, day := range days {
			if want := now.AddDate(0, 0, i-29).Format(time.DateOnly); day.Format(time.DateOnly) != want {
				t.Errorf("at %v day %d is %v, want %s", now, i, day, want)
			}
		}
	}
}
