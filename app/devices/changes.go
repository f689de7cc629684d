package devices

import (
	"cmp"
	"slices"
	"time"
)

// Rename gives the device of that ID, or that name, another name.
func (s *Store) Rename(nameOrID, name string) (Device, error) {
	return s.alter(nameOrID, func(d *Device) { d.Name = CleanName(name) })
}

// SetPaused says whether something of the device of that ID, or that name, is let through.
func (s *Store) SetPaused(nameOrID string, paused bool) (Device, error) {
	return s.alter(nameOrID, func(d *Device) { d.Paused = paused })
}

// Renew pairs the device of that ID once more, with what pass allows. Its key stays: apps on
// the phone hold it too.
func (s *Store) Renew(id string, pass *Pass) (Device, error) {
	return s.alter(id, func(d *Device) {
		d.Pass, d.Paired = pass, time.Now().UTC().Truncate(time.Second)
	})
}

// Spend takes one request off the pass of the device of that ID, on the disk before it returns,
// so that no crash gives it back. It reports false when none is left.
func (s *Store) Spend(id string) (ok bool, err error) {
	_, err = s.alter(id, func(d *Device) {
		if ok = d.Pass == nil || d.Pass.Requests == 0 || d.Pass.Used < d.Pass.Requests; ok && d.Pass != nil {
			spent := *d.Pass // what was handed out must not change
			spent.Used++
			d.Pass = &spent
		}
	})
	return ok, err
}

// alter applies change to the device of that ID or name, and returns what became of it.
func (s *Store) alter(nameOrID string, change func(*Device)) (Device, error) {
	var altered Device
	err := s.edit(func(list []Device) ([]Device, error) {
		i, err := find(list, nameOrID)
		if err != nil {
			return nil, err
		}
		list = slices.Clone(list)
		change(&list[i])
		altered = list[i]
		return list, nil
	})
	return altered, err
}

// Sight is how a device was last seen.
type Sight struct {
	At      time.Time
	Address string // ours, by which it came; empty: not known
}

// Saw records how devices were last seen, by ID. It writes the disk, so callers gather; when it
// fails, they tell it again later.
func (s *Store) Saw(seen map[string]Sight) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.commit(func(list []Device) ([]Device, error) {
		list = slices.Clone(list)
		for i, d := range list {
			if sight := seen[d.ID]; sight.At.After(d.LastSeen) {
				list[i].LastSeen = sight.At.UTC().Truncate(time.Second)
				list[i].Address = cmp.Or(sight.Address, d.Address)
			}
		}
		return list, nil
	})
	return err
}
