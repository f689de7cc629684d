package memory

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/cmd/e2e/await"
)

// collected is a Keeper of a process that holds 4 MiB, and what it sets.
func collected() (k *Keeper, set *[]int) {
	k, set = New(), new([]int)
	k.live = func() uint64 { return 4 << 20 }
	k.percent = func(p int) { *set = append(*set, p) }
	return k, set
}

// The collector works more while there are many requests, and less again when what they have left is given back.
func TestMemoryIsTidyWhileThereAreMany(t *testing.T) {
	k, set := collected()
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
	k.Observe(false) // what they have left is still there
	if want := []int{400, crowdPercent}; !slices.Equal(*set, want) || k.open != 1 {
		t.Errorf("set to %v, want %v; %d open", *set, want, k.open)
	}
	k.settle()
	if want := []int{400, crowdPercent, 400}; !slices.Equal(*set, want) {
		t.Errorf("set to %v, want %v, when it is given back", *set, want)
	}
}

// The collector works more at rest too, and not from the next request on, whatever else happens meanwhile.
func TestMemoryIsTidyAtRest(t *testing.T) {
	k, set := collected()
	want := func(when string, percent ...int) {
		t.Helper()
		if !slices.Equal(*set, percent) {
			t.Errorf("%s: set to %v, want %v", when, *set, percent)
		}
		*set = nil
	}
	k.settle()
	want("nothing under way", tidyPercent)
	k.Observe(false)
	want("a request begins", 400)
	k.settle()
	want("it goes on for long")
	k.Observe(true)
	want("it has just ended")
	k.settle()
	want("that was a while ago", tidyPercent)
	for range many {
		k.Observe(false)
	}
	want("many at once", 400, crowdPercent)
	k.settle()
	for range many {
		k.Observe(true)
	}
	want("all have just ended")
}

// What is held may grow by something else than requests with a key, and there is no more room for garbage then.
func TestGarbageHasNoMoreRoomWhenMoreIsHeld(t *testing.T) {
	k, set := collected()
	held, asked := uint64(4<<20), []func(){}
	k.live = func() uint64 { return held }
	k.after = func(f func()) { asked = append(asked, f) }
	k.Observe(false)
	for _, held = range []uint64{4 << 20, 8 << 20, 16 << 20, 8 << 20} {
		if len(asked) != 1 {
			t.Fatalf("%d wait for the next collection, want 1", len(asked))
		}
		f := asked[0]
		asked = nil
		f()
	}
	if want := []int{400, 200, 100, 200}; !slices.Equal(*set, want) {
		t.Errorf("set to %v, want %v", *set, want)
	}
	k.Observe(true)
	k.settle()
	asked[0]()
	if want := []int{400, 200, 100, 200, tidyPercent}; !slices.Equal(*set, want) || len(asked) != 1 {
		t.Errorf("at rest: set to %v, want %v, and %d more to be told of", *set, want, len(asked)-1)
	}
}

// The runtime tells of a collection, once.
func TestAfterCollection(t *testing.T) {
	var times atomic.Int32
	afterCollection(func() { times.Add(1) })
	await.True(t, "a collection is told of", func() bool { runtime.GC(); return times.Load() > 0 })
	runtime.GC()
	if n := times.Load(); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// Some garbage is free, whatever else is held; much more than all else is too much.
func TestQuickPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1 << 20: 400, 4 << 20: 400, 8 << 20: 200, 9 << 20: 175, 100 << 20: 100} {
		if got := quickPercent(live); got != want {
			t.Errorf("with %d bytes: %d, want %d", live, got, want)
		}
	}
}

// Who has set GOGC has the last word.
func TestGOGCIsTheirs(t *testing.T) {
	const theirs = 77
	defer debug.SetGCPercent(debug.SetGCPercent(theirs))
	t.Setenv("GOGC", strconv.Itoa(theirs))
	k := New()
	k.Observe(false)
	k.Observe(true)
	if got := debug.SetGCPercent(theirs); got != theirs {
		t.Errorf("it is %d now", got)
	}
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
