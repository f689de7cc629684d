package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/ui/plot"
	"modelbeam/app/usage"
)

// openUsage starts a window that shows s and turns to the usage.
func openUsage(t *testing.T, s app.State) (*UI, *fakeController) {
	t.Helper()
	u, c, _ := open(t, s)
	test.Tap(button(t, u, "Usage"))
	return u, c
}

// usageOf is what Anna's iPhone (d1), the tablet (d2) and a phone that is gone used.
func usageOf() app.State {
	s := withPhones(sharingState(), noon, 0)
	s.Usage = []usage.Row{
		{Day: "2026-04-04", Device: "d1", Model: "old", Requests: 9, Tokens: 9}, // 31 days ago
		{Day: "2026-04-05", Device: "d1", Model: "tiny", Requests: 1, Tokens: 1000},
		{Day: "2026-05-03", Device: "gone", Model: "qwen", Requests: 30, Tokens: 20},
		{Day: "2026-05-04", Device: "d1", Model: "tiny", Requests: 2, Tokens: 200},
		{Day: "2026-05-04", Device: "d2", Model: "qwen", Requests: 4, Tokens: 40},
		{Day: "2026-05-04", Device: "d2", Model: usage.Others, Requests: 5, Tokens: 0},
	}
	return s
}

func TestUsagePage(t *testing.T) {
	u, _ := openUsage(t, usageOf())
	wantText(t, u, "Today\n240\n", "30 days\n1,260\n", "All phones", "Apr 5 – May 4",
		"Models\ntiny\n1,200\nqwen\n60", "Phones\nAnna's iPhone\n1,200\nTablet\n40\nOthers\n20")
	wantNoText(t, u, "Nothing used yet", "Phones see this computer", "old")

	test.Tap(button(t, u, "Requests"))
	wantText(t, u, "Today\n11\n", "30 days\n42\n", "qwen\n34\n", "Others\n5", "Others\n30")
	test.Tap(button(t, u, "Tokens"))
	wantText(t, u, "Today\n240\n")
	test.Tap(button(t, u, "Back"))
	wantText(t, u, "Phones see this computer")
}

func TestUsageOfAPhone(t *testing.T) {
	s := usageOf()
	u, c := openUsage(t, s)
	test.Tap(button(t, u, "All phones"))
	tapMenu(t, u, "Tablet")
	wantText(t, u, "Today\n40\n", "30 days\n40\n", "Models\nqwen\n40", "Anna's iPhone\n1,200")
	wantNoText(t, u, "tiny")

	s.Devices = s.Devices[:1] // it is removed
	c.publish(s)
	wantText(t, u, "Today\n240\n", "Others\n60")
}

func TestUsageFollowsState(t *testing.T) {
	s := usageOf()
	u, c := openUsage(t, s)
	s.Usage = append(slices.Clone(s.Usage), usage.Row{Day: "2026-05-04", Device: "d1", Model: "tiny", Requests: 1, Tokens: 60})
	c.publish(s)
	wantText(t, u, "Today\n300\n")

	u.now = func() time.Time { return noon.AddDate(0, 0, 1) }
	u.draw() // a day later, without a new state
	wantText(t, u, "Today\n0\n", "Apr 6 – May 5")
}

func TestUsageOfADay(t *testing.T) {
	u, _ := openUsage(t, usageOf())
	u.page.usage.plot.Point(29, plot.NoDay)
	wantText(t, u, "May 4 · 240 tokens")
	test.Tap(button(t, u, "Requests"))
	wantText(t, u, "May 4 · 11 requests")
	u.page.usage.plot.Point(29, 28)
	wantText(t, u, "May 3 · 30 requests")
	u.page.usage.plot.Point(plot.NoDay, plot.NoDay)
	wantText(t, u, "Apr 5 – May 4")
}

func TestNoUsage(t *testing.T) {
	u, c := openUsage(t, sharingState())
	wantText(t, u, "Nothing used yet")
	wantNoText(t, u, "30 days\n", "Tokens")
	c.publish(usageOf())
	wantText(t, u, "30 days\n1,260\n")
	wantNoText(t, u, "Nothing used yet")
}

func TestUsageOfManyModelsAndPhones(t *testing.T) {
	s := withUsage(withManyPhones(sharingState(), noon), noon, 30, 12)
	u, _ := openUsage(t, s)
	if got := len(u.page.usage.models.Shown); got != plot.MostKinds+1 {
		t.Errorf("%d lines for 12 models, want %d and the others", got, plot.MostKinds)
	}
	if got := len(u.page.usage.phones.Shown); got != plot.MostPhones+1 {
		t.Errorf("%d lines for 30 phones, want %d and the others", got, plot.MostPhones)
	}
	for _, list := range []*plot.Totals{u.page.usage.models, u.page.usage.phones} {
		if last := list.Shown[len(list.Shown)-1]; last.Name != "Others" {
			t.Errorf("the last line is %+v, want the others", last)
		}
	}
	used := 0
	for _, r := range s.Usage {
		used += r.Tokens
	}
	if models, phones := sumOf(u.page.usage.models.Shown), sumOf(u.page.usage.phones.Shown); models != used || phones != used {
		t.Errorf("the lists come to %d and %d, all rows to %d", models, phones, used)
	}
}

func sumOf(lines []plot.Total) (n int) {
	for _, line := range lines {
		n += line.N
	}
	return n
}

func TestUsagePageSurvivesThemeChange(t *testing.T) {
	u, _ := openUsage(t, usageOf())
	test.Tap(button(t, u, "Requests"))
	test.Tap(button(t, u, "All phones"))
	tapMenu(t, u, "Tablet")
	before := onScreen(u)
	u.rebuild()
	if after := onScreen(u); after != before {
		t.Errorf("after a change of theme the window says:\n%s\nbefore:\n%s", after, before)
	}
	wantText(t, u, "Today\n9\n")
}

// A model keeps its colour, whatever is asked.
func TestModelsKeepTheirColours(t *testing.T) {
	u, _ := openUsage(t, usageOf())
	colour := func(model string) string {
		for _, line := range u.page.usage.models.Shown {
			if line.Name == model {
				return string(line.Tint)
			}
		}
		return "none"
	}
	before := colour("qwen")
	test.Tap(button(t, u, "Requests"))
	test.Tap(button(t, u, "All phones"))
	tapMenu(t, u, "Tablet")
	if after := colour("qwen"); after != before || before == "none" {
		t.Errorf("qwen was %s and is %s", before, after)
	}
}
