package devices

import (
	"crypto/subtle"
	"slices"
)

// view is the list as everybody may read it, without waiting for anything. It is never changed: an edit
// makes another one.
type view struct {
	devices []Device
	removed []removal
	known   bool // whether devices is the whole list: false until the file could be read
}

// byHash compares with every device in constant time, whether found or not.
func (v *view) byHash(h []byte) (found Device, ok bool) {
	for _, d := range v.devices {
		if subtle.ConstantTimeCompare(h, []byte(d.Hash)) == 1 {
			found, ok = d, true
		}
	}
	return found, ok
}

// wasRemoved compares with every removal in constant time, whether found or not.
func (v *view) wasRemoved(h []byte) (removed bool) {
	for _, r := range v.removed {
		if subtle.ConstantTimeCompare(h, []byte(r.Hash)) == 1 && !r.old() {
			removed = true
		}
	}
	return removed
}

// hashes are those of all keys that are good, or were.
func (v *view) hashes() []string {
	var all []string
	for _, d := range v.devices {
		all = append(all, d.Hash)
	}
	for _, r := range v.removed {
		if !r.old() {
			all = append(all, r.Hash)
		}
	}
	return all
}

// shown are the devices that a person is told of.
func (v *view) shown() []Device {
	return slices.DeleteFunc(slices.Clone(v.devices), func(d Device) bool { return !d.UnusedUntil.IsZero() || d.stale() })
}
