package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"modelbeam/tunnel"
)

const (
	// many open requests make the garbage of the next ones cost memory more than the collector costs time: with
	// 2,000 streams most of what is held would be what their beginnings have left. With 32 at once it is the other
	// way round, by a tenth of the processor.
	many = 256
	// tidyPercent is GOGC while there are many.
	tidyPercent = 30
	// giveBackEvery is how long what is free may stay ours. The runtime by itself keeps it for minutes.
	giveBackEvery = 10 * time.Second
	// worthwhile is from how many free bytes on it is worth a collection to give them back.
	worthwhile = 4 << 20
)

// memory keeps a program small that runs all day on somebody's laptop. Where nothing happens, it does nothing.
type memory struct {
	percent func(int) int // debug.SetGCPercent
	wake    chan struct{} // something has happened

	open   int // requests under way; it and before belong to observe
	before int // what percent was before there were many
	tidy   bool
}

func newMemory() *memory {
	return &memory{percent: debug.SetGCPercent, wake: make(chan struct{}, 1)}
}

// observe counts the requests under way. Only one goroutine at a time may call it.
func (m *memory) observe(x tunnel.Exchange) {
	if x.Ended {
		m.open--
	} else {
		m.open++
	}
	switch {
	case !m.tidy && m.open >= many:
		m.tidy = true
		if m.before = m.percent(tidyPercent); m.before >= 0 && m.before < tidyPercent {
			m.percent(m.before) // somebody wants it smaller still
		}
	case m.tidy && m.open < many/2:
		m.tidy = false
		m.percent(m.before)
	}
	nudge(m.wake)
}

// run gives back what is free some time after something has happened, until ctx ends.
func (m *memory) run(ctx context.Context) {
	for wait(ctx.Done(), m.wake) {
		if !sleep(ctx.Done(), giveBackEvery) {
			return
		}
		if freeBytes() >= worthwhile {
			debug.FreeOSMemory()
		}
	}
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
