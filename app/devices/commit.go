package devices

import (
	"errors"
	"slices"

	"modelbeam/app/store"
)

// commit writes everything that is pending, with one write for all of it, and tells those who wait for
// that. The caller has the turn.
func (s *Store) commit() error {
	release, err := s.files.lock.take()
	if err != nil {
		return s.end(s.gather(), err)
	}
	defer release()
	mended, err := s.renew()
	if err != nil {
		return s.end(s.gather(), err)
	}
	b := s.begin()
	if mended || len(b.applied) > 0 {
		b.disk, err = s.write(b)
	}
	return s.end(b, err)
}

// batch is what is written at once.
type batch struct {
	begun   bool     // it was tried to write it
	disk    content  // what the files hold: before, and afterwards
	all     []*edit  // everything that was pending
	applied []*edit  // those whose change applies
	list    []Device // what comes of that
}

// begin gathers everything that is pending. From then on until end, look leaves the files to this
// goroutine.
func (s *Store) begin() batch {
	s.mu.Lock()
	s.writing = true
	s.mu.Unlock()
	b := s.gather()
	b.begun = true
	return b
}

// gather applies everything that is pending to what the files hold, as far as that is known.
func (s *Store) gather() batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := batch{disk: s.disk, all: s.pending, list: s.disk.devices}
	for _, e := range b.all {
		list, about, err := e.change(b.list)
		if !e.answered {
			e.about, e.refused = about, err
		}
		if err == nil {
			b.list, b.applied = list, append(b.applied, e)
		}
	}
	return b
}

// write writes b: a line of the tally where guests have made requests and nothing else has changed, or
// the whole list.
func (s *Store) write(b batch) (content, error) {
	if b.tallies() {
		if after, err := s.files.count(b.disk, b.list); err == nil {
			return after, nil
		}
	}
	return s.files.write(b.disk, b.list)
}

// tallies reports whether a line of the tally can say what has changed.
func (b batch) tallies() bool {
	other := func(e *edit) bool { return !e.counts }
	return b.disk.listInfo != nil && !b.disk.tally.torn && len(b.applied) > 0 && !slices.ContainsFunc(b.applied, other)
}

// end takes over what became of b, tells those who wait for it, and returns err, which is why it could
// not be written. What could not stays pending.
func (s *Store) end(b batch, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.begun {
		s.writing, s.disk, s.replaced = false, b.disk, s.replaced+1
		s.known = s.known || err == nil
	}
	late := s.pending[len(b.all):]
	s.pending = nil
	if err != nil {
		s.pending = slices.DeleteFunc(b.applied, func(e *edit) bool { return e.once })
	}
	s.pending = append(s.pending, late...)
	for _, e := range b.all {
		if !e.answered {
			e.answered, e.unsaved = true, err
			close(e.done)
		}
		if e.hidden {
			s.edition++
		}
	}
	s.publish()
	return err
}

// renew reads what another process has written. Garbage is set aside, to be replaced by the list that
// this process knows: at the latest when there is room for it. The caller has locked the files.
func (s *Store) renew() (mended bool, err error) {
	s.mu.Lock()
	have, failed := s.disk, s.failed != nil
	s.mu.Unlock()
	if !failed && s.files.goesOn(have) {
		return false, nil
	}
	have, err = s.files.read(have)
	var broken *store.BrokenError
	garbage := errors.As(err, &broken)
	s.mu.Lock()
	s.accept(have, err)
	s.writing = garbage // look must not take the gap that garbage leaves for a list of nobody
	s.mu.Unlock()
	if !garbage {
		return false, err
	}
	aside := broken.SetAside()
	s.mend(broken, aside)
	return aside == nil, aside
}

// mend goes on with an empty list on the disk, and with the known one to be written there, if the garbage
// could be set aside.
func (s *Store) mend(broken *store.BrokenError, aside error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = false
	if aside != nil {
		return
	}
	if known := s.disk.devices; len(known) > 0 {
		s.pending = append([]*edit{restored(known)}, s.pending...)
	}
	s.disk.devices, s.disk.listInfo, s.disk.tally = nil, nil, tally{}
	s.failed, s.mended = nil, broken
	s.edition++ // so that it is told
	s.replaced++
	s.publish()
}

// restored brings back those who are known: until they are written the file looks as if nobody had ever
// paired.
func restored(known []Device) *edit {
	return &edit{answered: true, change: func(list []Device) ([]Device, Device, error) {
		isKnown := func(d Device) bool {
			return slices.ContainsFunc(known, func(k Device) bool { return k.ID == d.ID })
		}
		return slices.Concat(known, slices.DeleteFunc(slices.Clone(list), isKnown)), Device{}, nil
	}}
}
