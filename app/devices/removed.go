package devices

import (
	"crypto/subtle"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// removal is what is left of a device that was taken off the list. It lets nobody in. It has a file
// of its own, because an older Modelbeam would take whatever is in the list for a device.
type removal struct {
	ID   string    `json:"id"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

func (r removal) old() bool { return time.Since(r.At) > removedKept }

// removals is the list of those, the newest last, and the file that it was read from. Its methods
// need Store.mu.
type removals struct {
	path string
	list []removal
	read os.FileInfo
}

func removalsBeside(path string) removals {
	return removals{path: strings.TrimSuffix(path, filepath.Ext(path)) + "-removed" + filepath.Ext(path)}
}

// add remembers that a device is being taken off the list; to say it twice does not matter. It needs
// the lock on the list's file, so that no other process writes at the same time. What cannot be saved
// is known until this process ends: then the phone takes this laptop for another one, and says that it
// has to be scanned again all the same.
func (r *removals) add(d Device) {
	err := r.renew()
	if slices.ContainsFunc(r.list, func(known removal) bool { return known.Hash == d.Hash }) {
		return
	}
	list := append(slices.DeleteFunc(slices.Clone(r.list), removal.old), removal{d.ID, d.Hash, time.Now().UTC().Truncate(time.Second)})
	r.list = list[max(0, len(list)-removedMost):]
	if denied := (*store.AccessError)(nil); errors.As(err, &denied) {
		return // what is there may be as good as ever
	}
	if store.Save(r.path, r.list) == nil {
		r.read = statOf(r.path)
	}
}

// has compares with every hash in constant time, whether found or not.
func (r *removals) has(hash []byte) (found bool) {
	for _, known := range r.list {
		if subtle.ConstantTimeCompare(hash, []byte(known.Hash)) == 1 && !known.old() {
			found = true
		}
	}
	return found
}

// renew reads what another process has written. Where that cannot be read, what is known is better
// than nothing.
func (r *removals) renew() error {
	now := statOf(r.path)
	if store.Same(r.read, now) {
		return nil
	}
	var list []removal
	if err := store.Read(r.path, &list, nil); err != nil {
		return err
	}
	r.list, r.read = list, now
	return nil
}
