package devices

import (
	"errors"
	"slices"
	"time"

	"modelbeam/app/store"
)

// How long, and of how many, it is remembered that a device was taken off the list. For so long its
// phone can be told, in a way that nobody else could (see Prove), and so are the apps that it gave its
// key to.
const (
	removedKept = 90 * 24 * time.Hour
	removedMost = 64
)

// removal is what is left of a device that was taken off the list. (Its requests under way are ended by the
// gateway, in tunnel/disconnect.go, when app/roster.go tells it.) It lets nobody in. It has a file
// of its own, because an older Modelbeam would take whatever is in the list for a device.
type removal struct {
	ID   string    `json:"id"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

func (r removal) old() bool { return time.Since(r.At) > removedKept }

// gone are the removals of those who are in c and no more in list. Of a key that nobody used in time, no
// phone knows.
func gone(c content, list []Device) []removal {
	if slices.EqualFunc(c.devices, list, func(a, b Device) bool { return a.ID == b.ID }) {
		return nil // as after nearly every edit
	}
	var all []removal
	for _, d := range c.devices {
		if d.unused() && d.stale() || slices.ContainsFunc(list, func(l Device) bool { return l.Hash == d.Hash }) {
			continue
		}
		if !slices.ContainsFunc(c.removed, func(r removal) bool { return r.Hash == d.Hash }) {
			all = append(all, removal{d.ID, d.Hash, time.Now().UTC().Truncate(time.Second)})
		}
	}
	return all
}

// readRemoved reads what is there now, in place of what c has. Where that cannot be read, what is known
// is better than nothing.
func (f files) readRemoved(c content) (content, error) {
	now := statOf(f.removed)
	if store.Same(c.removedInfo, now) {
		return c, nil
	}
	var list []removal
	if err := store.Read(f.removed, &list, nil); err != nil {
		return c, err
	}
	c.removed, c.removedInfo = list, now
	return c, nil
}

// writeRemoved adds gone to the file. What cannot be saved is known until this process ends: then the
// phone takes this laptop for another one, and says that it has to be scanned again all the same.
func (f files) writeRemoved(c content, gone []removal) content {
	c, err := f.readRemoved(c)
	list := append(slices.DeleteFunc(slices.Clone(c.removed), removal.old), gone...)
	c.removed = list[max(0, len(list)-removedMost):]
	if denied := (*store.AccessError)(nil); errors.As(err, &denied) {
		return c // what is there may be as good as ever
	}
	if f.save(f.removed, c.removed) == nil {
		c.removedInfo = statOf(f.removed)
	}
	return c
}
