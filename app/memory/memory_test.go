package memory

import (
	"slices"
	"testing"
)

// The collector works more while there are many requests, and as before when there are few again.
func TestMemoryIsTidyWhileThereAreMany(t *testing.T) {
	for name, tt := range map[string]struct {
		before int
		want   []int
	}{
		"usual": {100, []int{tidyPercent, 100}},
		"off":   {-1, []int{tidyPercent, -1}},
		"lower": {10, []int{tidyPercent, 10, 10}},
	} {
		now, set := tt.before, []int(nil)
		k := New()
		k.percent = func(p int) int {
			was := now
			now, set = p, append(set, p)
			return was
		}
		for range many {
			k.Observe(false)
		}
		for range many / 2 { // a coming and going around the limit changes nothing
			k.Observe(true)
			k.Observe(false)
		}
		for range many {
			k.Observe(true)
		}
		if !slices.Equal(set, tt.want) || now != tt.before || k.open != 0 {
			t.Errorf("%s: set to %v, want %v; %d at the end, %d open", name, set, tt.want, now, k.open)
		}
	}
}
