// Package memory keeps a program small that runs all day on somebody's laptop.
package memory

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// many is how many requests have to be under way for the collector to work more. With 2,000 streams most of what
	// is held would be garbage that their beginnings have left, and memory counts. With 400 that begin at once it would
	// double the time until the last of them has its first word, to spare 16 MiB for a moment.
	many = 512
	// crowdPercent is GOGC while there are many. On a busy machine a collection takes long, and what is left meanwhile
	// comes on top.
	crowdPercent = 20
	// tidyPercent is GOGC at rest, when there is next to no garbage: to keep it until there is as much as all else would
	// save nothing.
	tidyPercent = 30
	// quickRoom is how many bytes of garbage there may be while some requests are under way, at most mostPercent of all
	// else. A short chat leaves 15 KiB. With the 4 MiB that are usual for a program of this size, the collector would
	// come for every 300 chats, and take a fifth of the processor's time; the buffers that it takes away are made again.
	quickRoom    = 16 << 20
	mostPercent  = 400
	leastPercent = 100 // which is the usual one
	// giveBackAfter is how long what is free may stay ours. The runtime by itself keeps it for minutes.
	giveBackAfter = 10 * time.Second
	// worthwhile is how many bytes have to be free for it to be worth a collection to give them back.
	worthwhile = 2 << 20
)

// Keeper has the garbage collector work as the requests under way want it, and gives back to the system what is free.
// Where nothing happens, it does nothing. There is one in a process, since it sets GOGC for all of it, unless somebody
// has set that in the environment.
type Keeper struct {
	percent  func(int)     // debug.SetGCPercent
	live     func() uint64 // liveBytes
	free     func() uint64 // freeBytes
	giveBack func()        // giveBack
	after    func(func())  // afterCollection
	unmap    func()        // unmapFiles
	wake     chan struct{} // something has happened

	mu    sync.Mutex // guards what follows
	open  int        // requests under way
	rests bool       // nothing has happened for a while
	crowd bool       // there were many requests, and what they have left may not be given back yet
	pace  pace       // of the collector
	set   int        // the percent that it works with; 0: nothing was set
	asked bool       // collected is called after the next collection
}

// pace is how much the collector works.
type pace uint8

const (
	usual   pace = iota // as Go has it: at the start
	crowded             // more: while there are many requests
	tidy                // more: at rest
	quick               // less: while there are some requests
)

// New returns a Keeper of this process. It changes nothing before Observe or Run is called.
func New() *Keeper {
	percent := func(p int) { debug.SetGCPercent(p) }
	if os.Getenv("GOGC") != "" {
		percent = func(int) {}
	}
	return &Keeper{
		percent: percent, live: liveBytes, free: freeBytes, giveBack: giveBack, after: afterCollection, unmap: unmapFiles,
		wake: make(chan struct{}, 1),
	}
}

// Observe counts the requests under way: one has begun or, with ended, is over. Each end must follow its beginning.
// It returns at once, and may be called from any goroutine.
func (k *Keeper) Observe(ended bool) {
	k.mu.Lock()
	if ended {
		k.open--
	} else {
		k.open++
		k.rests = false
	}
	k.adjust()
	k.mu.Unlock()
	k.Wake()
}

// adjust has the collector work as the requests under way want it. After many it works more until what they have left
// is given back: garbage would come on top of that. The caller holds k.mu.
func (k *Keeper) adjust() {
	switch {
	case k.open >= many:
		k.crowd = true
		k.become(crowded)
	case k.rests:
		k.become(tidy)
	case !k.crowd:
		k.become(quick)
	}
}

// become sets the pace, if it is another one. The caller holds k.mu.
func (k *Keeper) become(p pace) {
	switch {
	case k.pace == p:
		return
	case p == crowded:
		k.apply(crowdPercent)
	case p == tidy:
		k.apply(tidyPercent)
	default:
		k.apply(quickPercent(k.live()))
		k.follow()
	}
	k.pace = p
}

// apply sets the percent, if it is another one. The caller holds k.mu.
func (k *Keeper) apply(percent int) {
	if k.set != percent {
		k.set = percent
		k.percent(percent)
	}
}

// follow has collected called after the next collection. The caller holds k.mu.
func (k *Keeper) follow() {
	if !k.asked {
		k.asked = true
		k.after(k.collected)
	}
}

// collected is called after a collection at the quick pace. Room for garbage is a share of what is held, and that may
// have grown since by what is none of a request with a key: the heads of a crowd that has none.
func (k *Keeper) collected() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked = false; k.pace == quick {
		k.apply(quickPercent(k.live()))
		k.follow()
	}
}

// quickPercent is GOGC with quickRoom for garbage beside so many bytes of all else, in steps: to set it stops the world
// for a moment.
func quickPercent(live uint64) int {
	const step = 25
	return int(min(max(quickRoom*100/max(live, 1), leastPercent), mostPercent)) / step * step
}

// settle is for some time after something has happened, when what is free was given back.
func (k *Keeper) settle() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rests, k.crowd = k.open == 0, k.open >= many/2
	k.adjust()
}

// Wake says that something has happened which takes memory: Run looks soon. It may be called from any goroutine.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default: // it is known
	}
}

// Run gives back what is free ten seconds after something has happened, and as often while it goes on happening,
// until ctx ends. The first time, what only the start of the program needed goes too. For one goroutine.
func (k *Keeper) Run(ctx context.Context) {
	for started := false; ; started = true {
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
		k.settle()
		if !started {
			k.unmap()
		}
	}
}

func giveBack() {
	runtime.GC() // what a sync.Pool holds lives through one collection
	debug.FreeOSMemory()
}

// afterCollection has f called once, on a goroutine of the runtime, soon after the next collection.
func afterCollection(f func()) {
	type nobodys struct{ _ *byte } // with a pointer, it is not put together with other small things
	runtime.AddCleanup(new(nobodys), func(f func()) { f() }, f)
}

// liveBytes is what the last collection has left.
func liveBytes() uint64 {
	read := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(read)
	return read[0].Value.Uint64()
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
