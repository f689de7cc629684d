package devices

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Remove takes the device of that ID, or the one of that name, off the list; its key is void
// at once. A name that several devices have is refused: the error lists their IDs.
func (s *Store) Remove(nameOrID string) (Device, error) {
	return s.edit(func(list []Device) ([]Device, Device, error) {
		i, err := find(list, nameOrID)
		if err != nil {
			return nil, Device{}, err
		}
		return slices.Delete(slices.Clone(list), i, i+1), list[i], nil
	})
}

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

func find(list []Device, nameOrID string) (int, error) {
	var hits []int
	for i, d := range list {
		if d.ID == nameOrID {
			return i, nil
		}
		if strings.EqualFold(d.Name, nameOrID) {
			hits = append(hits, i)
		}
	}
	switch len(hits) {
	case 0:
		return 0, fmt.Errorf("%q: %w", nameOrID, ErrNotFound)
	case 1:
		return hits[0], nil
	}
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = list[h].ID
	}
	return 0, fmt.Errorf("%d devices are called %q: name one by its ID: %s", len(hits), nameOrID, strings.Join(ids, ", "))
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
	e := &edit{once: true, change: func(list []Device) ([]Device, Device, error) { return sighted(list, seen) }}
	if errors.Is(s.apply(e), errUnchanged) {
		return s.Flush()
	}
	s.written(e)
	return e.unsaved
}

// sighted is list with what is news in seen.
func sighted(list []Device, seen map[string]Sight) ([]Device, Device, error) {
	list, changed := slices.Clone(list), false
	for i, d := range list {
		if sight := seen[d.ID]; sight.At.After(d.LastSeen) {
			list[i].LastSeen = sight.At.UTC().Truncate(time.Second)
			list[i].Address = cmp.Or(sight.Address, d.Address)
			changed = true
		}
	}
	if !changed {
		return nil, Device{}, errUnchanged
	}
	return list, Device{}, nil
}
