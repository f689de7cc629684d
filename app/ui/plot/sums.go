package plot

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"modelbeam/app/ui/look"
	"modelbeam/app/usage"
)

// Query is what a person wants to see of the usage.
type Query struct {
	Requests bool   // instead of tokens
	Device   string // of this one; empty: of all
}

// of is what q counts in r.
func (q Query) of(r usage.Row) int {
	switch {
	case q.Device != "" && r.Device != q.Device:
		return 0
	case q.Requests:
		return r.Requests
	}
	return r.Tokens
}

// MostKinds is how many models have a colour of their own. More could not be told apart.
const MostKinds = len(look.PlotColors)

// KindsOf are the models that were used most, in the order of their colours. They are the same
// for every query, so that a model keeps its colour.
func KindsOf(rows []usage.Row) []string {
	used := map[string]int{}
	for _, r := range rows {
		if r.Model != "" && r.Model != usage.Others {
			used[r.Model] += r.Tokens + r.Requests // some models, for embeddings say, generate nothing
		}
	}
	kinds := byCount(used)
	return kinds[:min(len(kinds), MostKinds)]
}

// TintsOf are the colours of kinds and, at the end, of others.
func TintsOf(kinds []string) []fyne.ThemeColorName {
	return append(slices.Clone(look.PlotColors[:len(kinds)]), look.ColorOthers)
}

// byCount are the keys of a count, the largest first.
func byCount(count map[string]int) []string {
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
}

// DaysUntil are the days of which the usage is known, each at noon. The last is today.
func DaysUntil(now time.Time) []time.Time {
	days := make([]time.Time, usage.Days)
	year, month, day := now.Date()
	for i := range days {
		days[i] = time.Date(year, month, day-len(days)+1+i, 12, 0, 0, 0, now.Location())
	}
	return days
}

// During leaves out the rows of other days: they are too old, or the clock was set back.
func During(days []time.Time, rows []usage.Row) []usage.Row {
	first, last := days[0].Format(time.DateOnly), days[len(days)-1].Format(time.DateOnly)
	return slices.DeleteFunc(slices.Clone(rows), func(r usage.Row) bool { return r.Day < first || r.Day > last })
}

// Stacks are the bars for these days: how much of each kind and, at the end, of all others.
func (q Query) Stacks(rows []usage.Row, days []time.Time, kinds []string) [][]int {
	stacks := make([][]int, len(days))
	at := map[string]int{}
	for i, day := range days {
		stacks[i] = make([]int, len(kinds)+1)
		at[day.Format(time.DateOnly)] = i
	}
	for _, r := range rows {
		if i, known := at[r.Day]; known {
			stacks[i][indexOr(kinds, r.Model, len(kinds))] += q.of(r)
		}
	}
	return stacks
}

func indexOr(kinds []string, kind string, other int) int {
	if i := slices.Index(kinds, kind); i >= 0 {
		return i
	}
	return other
}

// Sum is how high a bar is in all.
func Sum(stack []int) (n int) {
	for _, v := range stack {
		n += v
	}
	return n
}

// total sums the rows by a key and leaves out what comes to nothing.
func (q Query) total(rows []usage.Row, key func(usage.Row) string) map[string]int {
	count := map[string]int{}
	for _, r := range rows {
		if n := q.of(r); n > 0 {
			count[key(r)] += n
		}
	}
	return count
}
