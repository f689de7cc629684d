package devices

import (
	"cmp"
	"errors"
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

// Spend takes n requests off the pass of the device of that ID, on the disk before it returns, so
// that no crash gives them back. It reports false when there are not so many left, and writes nothing
// then.
func (s *Store) Spend(id string, n int) (ok bool, err error) {
	ok, err = s.count(id, func(p *Pass) bool {
		p.Used += n
		return p.Used <= p.Requests
	})
	if errors.Is(err, errNoLimit) {
		return true, nil
	}
	return ok, err
}

// Refund puts n requests back that Spend took off the pass of the device of that ID. When that cannot
// be saved they are there until this process ends.
func (s *Store) Refund(id string, n int) error {
	_, err := s.count(id, func(p *Pass) bool {
		p.Used = max(0, p.Used-n)
		return true
	})
	if errors.Is(err, errNoLimit) {
		return nil
	}
	return err
}

var (
	errNoLimit   = errors.New("no number of requests")
	errUnchanged = errors.New("nothing to change")
)

// count applies change to the pass of a device, if it reports true, and tells whether it did. It
// returns errNoLimit for a device that may make any number of requests.
func (s *Store) count(id string, change func(*Pass) bool) (counted bool, err error) {
	d, err := s.edit(func(list []Device) ([]Device, Device, error) {
		i, err := find(list, id)
		if err != nil {
			return nil, Device{}, err
		}
		if list[i].Pass == nil || list[i].Pass.Requests == 0 {
			return nil, Device{}, errNoLimit
		}
		pass := *list[i].Pass // what was handed out must not change
		if !change(&pass) {
			return nil, Device{}, errUnchanged
		}
		list = slices.Clone(list)
		list[i].Pass = &pass
		return list, list[i], nil
	})
	if errors.Is(err, errUnchanged) {
		return false, nil
	}
	return d.ID != "", err
}

// alter applies change to the device of that ID or name, and returns what became of it.
func (s *Store) alter(nameOrID string, change func(*Device)) (Device, error) {
	return s.edit(func(list []Device) ([]Device, Device, error) {
		i, err := find(list, nameOrID)
		if err != nil {
			return nil, Device{}, err
		}
		list = slices.Clone(list)
		change(&list[i])
		return list, list[i], nil
	})
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
	_, _, err := s.commit(func(list []Device) ([]Device, Device, error) {
		list = slices.Clone(list)
		for i, d := range list {
			if sight := seen[d.ID]; sight.At.After(d.LastSeen) {
				list[i].LastSeen = sight.At.UTC().Truncate(time.Second)
				list[i].Address = cmp.Or(sight.Address, d.Address)
			}
		}
		return list, Device{}, nil
	})
	return err
}
