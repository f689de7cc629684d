package devices

import "slices"

// view is the list as everybody may read it, without waiting for anything. It is never changed: an edit
// makes another one.
type view struct {
	devices []Device
	removed []removal
	known   bool // whether devices is the whole list: false until the file could be read
}

// byHash compares with every device in constant time, whether found or not.
func (v *view) byHash(h *sum) (found Device, ok bool) {
	at := -1
	for i := range v.devices {
		if h.is(v.devices[i].Hash) {
			at = i
		}
	}
	if at < 0 {
		return Device{}, false
	}
	return v.devices[at], true
}

// wasRemoved compares with every removal in constant time, whether found or not.
func (v *view) wasRemoved(h *sum) (removed bool) {
	for _, r := range v.removed {
		if h.is(r.Hash) && !r.old() {
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
