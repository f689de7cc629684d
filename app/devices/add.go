package devices

import (
	"slices"
	"time"
)

// Add makes a device with a new key and returns the key, for the only time; pass limits what
// it may do, nil does not. When the list cannot be saved the device works until this process
// ends, and the error says so.
func (s *Store) Add(name string, pass *Pass) (Device, string, error) {
	return s.add(Device{Name: CleanName(name), Pass: pass}, false)
}

// Pair is Add for a phone that names itself: when another one has the name already, it gets a
// number, so that a person can tell two equal phones apart.
func (s *Store) Pair(name string, pass *Pass) (Device, string, error) {
	return s.add(Device{Name: CleanName(name), Pass: pass}, true)
}

// AddUnused is Add for a key that is shown where anybody could read it: the key is void unless
// it is used within the time given.
func (s *Store) AddUnused(name string, pass *Pass, within time.Duration) (Device, string, error) {
	return s.add(Device{Name: CleanName(name), Pass: pass, UnusedUntil: time.Now().Add(within).UTC()}, true)
}

func (s *Store) add(d Device, numbered bool) (Device, string, error) {
	key := newKey()
	d.ID, d.Hash, d.Paired = newID(), hash(key), time.Now().UTC().Truncate(time.Second)
	e := &edit{hidden: true, change: func(list []Device) ([]Device, Device, error) {
		list, added := slices.DeleteFunc(slices.Clone(list), Device.stale), d
		if numbered {
			added.Name = freeName(d.Name, list)
		}
		return append(list, added), added, nil
	}}
	s.queue(e) // nobody has the key yet
	added, err := s.outcome(e)
	return added, key, err
}
