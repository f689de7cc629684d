// Package memory keeps a program small that runs all day on somebody's laptop.
package memory

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// many is how many requests have to be under way for the collector to work more. With 2,000 streams most of what
	// is held would be garbage that their beginnings have left, and memory counts. With 32 at once that saves
	// little, and would cost a tenth of the processor.
	many = 256
	// tidyPercent is GOGC while there are many.
	tidyPercent = 30
	// giveBackAfter is how long what is free may stay ours. The runtime by itself keeps it for minutes.
	giveBackAfter = 10 * time.Second
	// worthwhile is how many bytes have to be free for it to be worth a collection to give them back.
	worthwhile = 4 << 20
)

// Keeper has the garbage collector work more while there are many requests, and gives back to the system what is
// free. Where nothing happens, it does nothing. There is one in a process, since it sets GOGC for all of it.
type Keeper struct {
	percent  func(int) int // debug.SetGCPercent
	free     func() uint64 // freeBytes
	giveBack func()        // giveBack
	wake     chan struct{} // something has happened

	open   int // requests under way; it and before belong to Observe
	before int // what percent was before there were many
	tidy   bool
}

// New returns a Keeper of this process. It changes nothing before Observe or Run is called.
func New() *Keeper {
	return &Keeper{percent: debug.SetGCPercent, free: freeBytes, giveBack: giveBack, wake: make(chan struct{}, 1)}
}

// Observe counts the requests under way: one has begun or, with ended, is over. Each end must follow its beginning.
// It returns at once. Only one goroutine at a time may call it.
func (k *Keeper) Observe(ended bool) {
	if ended {
		k.open--
	} else {
		k.open++
	}
	switch {
	case !k.tidy && k.open >= many:
		k.tidy = true
		if k.before = k.percent(tidyPercent); k.before >= 0 && k.before < tidyPercent {
			k.percent(k.before) // somebody wants it smaller still
		}
	case k.tidy && k.open < many/2: // not many: coming and going around one number would set it all the time
		k.tidy = false
		k.percent(k.before)
	}
	k.Wake()
}

// Wake says that something has happened which takes memory: Run looks soon. It may be called from any goroutine.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default: // it is known
	}
}

// Run gives back what is free ten seconds after something has happened, and as often while it goes on happening,
// until ctx ends. For one goroutine.
func (k *Keeper) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(giveBackAfter):
		}
		if k.free() >= worthwhile {
			k.giveBack()
		}
	}
}

func giveBack() {
	runtime.GC() // what a sync.Pool holds lives through one collection
	debug.FreeOSMemory()
}

// freeBytes is what a collection would give back: what is free and still ours, and what is garbage by now.
func freeBytes() uint64 {
	read := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(read)
	free, unused, objects, live := read[0].Value.Uint64(), read[1].Value.Uint64(), read[2].Value.Uint64(), read[3].Value.Uint64()
	return free + unused + objects - min(live, objects)
}
