package memory

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
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

// The collector works more at rest too, and not from the next request on, whatever else happens meanwhile.
func TestMemoryIsTidyAtRest(t *testing.T) {
	now := 100
	k := New()
	k.percent = func(p int) int { was := now; now = p; return was }
	want := func(when string, percent int) {
		t.Helper()
		if now != percent {
			t.Errorf("%s: %d, want %d", when, now, percent)
		}
	}
	k.rest()
	want("nothing under way", tidyPercent)
	k.Observe(false)
	want("a request begins", 100)
	k.rest()
	want("it goes on for long", 100)
	k.Observe(true)
	want("it has just ended", 100)
	k.rest()
	want("that was a while ago", tidyPercent)
	for range many {
		k.Observe(false)
	}
	want("many at once", tidyPercent)
	k.rest()
	for range many {
		k.Observe(true)
	}
	want("all have just ended", 100)
}

// What is free is given back some time after something has happened, where it is worth that, and never without.
func TestGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var free atomic.Uint64
		var given, unmapped atomic.Int32
		free.Store(worthwhile)
		k := New()
		k.free, k.giveBack, k.unmap = free.Load, func() { given.Add(1) }, func() { unmapped.Add(1) }
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); k.Run(ctx) }()
		want := func(when string, times int32) {
			t.Helper()
			synctest.Wait()
			if got := given.Load(); got != times {
				t.Errorf("%s: given back %d times, want %d", when, got, times)
			}
		}
		time.Sleep(time.Hour)
		want("nothing has happened", 0)
		k.Wake()
		time.Sleep(giveBackAfter - time.Millisecond)
		want("too soon", 0)
		time.Sleep(time.Hour)
		want("once is enough", 1)
		free.Store(worthwhile - 1)
		k.Wake()
		time.Sleep(time.Hour)
		want("hardly anything is free", 1)
		k.Wake()
		synctest.Wait()
		cancel()
		<-ended
		if n := unmapped.Load(); n != 1 {
			t.Errorf("what the start needed was let go of %d times", n)
		}
	})
}
