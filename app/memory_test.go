package app

import (
	"slices"
	"testing"

	"modelbeam/tunnel"
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
		m := newMemory()
		m.percent = func(p int) int {
			was := now
			now, set = p, append(set, p)
			return was
		}
		for range many {
			m.observe(tunnel.Exchange{})
		}
		for range many / 2 { // a coming and going around the limit changes nothing
			m.observe(tunnel.Exchange{Ended: true})
			m.observe(tunnel.Exchange{})
		}
		for range many {
			m.observe(tunnel.Exchange{Ended: true})
		}
		if !slices.Equal(set, tt.want) || now != tt.before || m.open != 0 {
			t.Errorf("%s: set to %v, want %v; %d at the end, %d open", name, set, tt.want, now, m.open)
		}
	}
}
