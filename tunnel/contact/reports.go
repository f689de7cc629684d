package contact

import (
	"slices"
	"sync"
)

const (
	maxReports  = 32 // of all devices
	maxOfDevice = 4  // of one
)

// Reports holds what phones' pages found of late, newest first. The zero value is empty. Its methods may be called
// from any goroutine.
type Reports struct {
	mu  sync.Mutex
	all []Report
}

// Add puts r first. The oldest of its device goes when that has more than 4, and the oldest of all beyond 32.
func (l *Reports) Add(r Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = slices.Insert(l.all, 0, r)
	of := 0
	l.all = slices.DeleteFunc(l.all, func(o Report) bool {
		if o.Device == r.Device {
			of++
		}
		return o.Device == r.Device && of > maxOfDevice
	})
	l.all = l.all[:min(len(l.all), maxReports)]
}

// Recent returns the reports, newest first.
func (l *Reports) Recent() []Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}
