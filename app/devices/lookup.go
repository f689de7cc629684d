package devices

import (
	"slices"
	"strings"
	"time"
)

// ByKey returns the device that holds key, as the list is at this moment, whichever process has edited it.
func (s *Store) ByKey(key string) (Device, bool) {
	if !strings.HasPrefix(key, keyPrefix) {
		return Device{}, false
	}
	h := sumOf(key)
	d, ok := s.newest().byHash(&h)
	if !ok || d.stale() {
		return Device{}, false
	}
	if d.unused() {
		// A crash before Watch has written this leaves the key as it was: yet to be used, in time.
		_ = s.apply(&edit{change: used(d.ID)})
		d.UnusedUntil = time.Time{}
	}
	return d, true
}

// WasRemoved reports whether key was a device's that was taken off the list, as far as that is
// remembered: of the last ones, for some months, also after a restart. A key that was shown and not
// used in time counts while it is in the list.
func (s *Store) WasRemoved(key string) bool {
	if !strings.HasPrefix(key, keyPrefix) {
		return false
	}
	h, now := sumOf(key), s.newest()
	d, ok := now.byHash(&h)
	return now.wasRemoved(&h) || ok && d.stale()
}

// used puts the device's key in use for good.
func used(id string) change {
	return func(list []Device) ([]Device, Device, error) {
		i, err := find(list, id)
		if err != nil {
			return nil, Device{}, err
		}
		if !list[i].unused() {
			return nil, Device{}, errUnchanged // by another request
		}
		list = slices.Clone(list)
		list[i].UnusedUntil = time.Time{}
		return list, list[i], nil
	}
}
