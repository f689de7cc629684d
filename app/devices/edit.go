package devices

import (
	"errors"
	"slices"

	"modelbeam/app/store"
)

// change makes a new list of one, which it must leave as it is, and tells which device it is about. It
// is called again with a newer list, at any time and by any goroutine, until it is written: it keeps
// what it needs and writes nothing down.
type change func([]Device) (list []Device, about Device, err error)

// edit is a change that is not on the disk yet.
type edit struct {
	change
	counts bool // it changes nothing but what guests have used
	once   bool // it is not tried again where it cannot be written
	hidden bool // readers do not get it before it was tried to write it

	// done is closed when it was tried to write the edit. What follows is there then, and guarded by
	// Store.mu before.
	done     chan struct{}
	answered bool   // done is closed
	about    Device // what the change is about
	refused  error  // why it does not apply
	unsaved  error  // why it is not on the disk
}

// edit has c in the list that readers get at once, and returns when the newest list with it is on the
// disk. Where that cannot be saved or the newest list cannot be read, this process goes on with it all
// the same (a phone that a person sees pair must work) and the error tells why. It is then written
// later, on top of what other processes have written by then: by the next edit, and by Watch. The device
// is zero where c does not apply.
func (s *Store) edit(c change) (Device, error) {
	e := &edit{change: c}
	if s.apply(e) != nil {
		s.queue(e) // it may apply to what another process has written
	}
	return s.outcome(e)
}

// outcome waits for e to be written.
func (s *Store) outcome(e *edit) (Device, error) {
	s.written(e)
	if e.refused != nil {
		return Device{}, e.refused
	}
	return e.about, e.unsaved
}

// apply makes e part of the list that readers get, or tells why that cannot be. It is written with the
// next edit, and by Watch: who waits for that calls written.
func (s *Store) apply(e *edit) error {
	e.done = make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	list, _, err := e.change(s.current.Load().devices)
	if err != nil {
		e.refused = err
		return err
	}
	s.pending = append(s.pending, e)
	s.edition++
	s.show(list)
	return nil
}

// queue has e tried on the newest list, when that is written next.
func (s *Store) queue(e *edit) {
	e.done = make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, e)
}

// written returns when it was tried to write e. Whoever gets the turn writes for all who wait: what
// comes close together shares one write.
func (s *Store) written(e *edit) {
	select {
	case <-e.done:
		return
	case s.turn <- struct{}{}:
	}
	defer func() { <-s.turn }()
	select {
	case <-e.done: // by the one before
	default:
		_ = s.commit() // e tells
	}
}

// Flush writes what is not on the disk yet, if anything.
func (s *Store) Flush() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if !s.unwritten() {
		return nil
	}
	return s.commit()
}

// Fold writes what is not on the disk yet, and the list in place of its tally. A process that ends does
// it, so that the list alone says all.
func (s *Store) Fold() error {
	s.mu.Lock()
	wanted := s.disk.tally != (tally{}) || len(s.pending) > 0
	s.mu.Unlock()
	if !wanted {
		return nil
	}
	e := &edit{once: true, change: func(list []Device) ([]Device, Device, error) { return list, Device{}, nil }}
	s.queue(e)
	s.written(e)
	return e.unsaved
}

// unwritten reports whether something is not on the disk as it should be.
func (s *Store) unwritten() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var broken *store.BrokenError
	return len(s.pending) > 0 || errors.As(s.failed, &broken)
}

// publish lets readers have what is on the disk, with what is not there yet. What does not fit any more,
// such as the removal of a device that is gone, is left out. The caller holds s.mu.
func (s *Store) publish() {
	list := s.disk.devices
	for _, e := range s.pending {
		if e.hidden && !e.answered {
			continue
		}
		if l, _, err := e.change(list); err == nil {
			list = l
		}
	}
	s.show(list)
}

// show lets readers have list. The caller holds s.mu.
func (s *Store) show(list []Device) {
	removed := append(slices.Clip(s.disk.removed), gone(s.disk, list)...)
	s.current.Store(&view{devices: list, removed: removed, known: s.known})
}
