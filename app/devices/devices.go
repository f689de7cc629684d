// Package devices remembers who may use the gateway: every paired phone with the hash of its
// own key. The file is the one truth for all processes: a command that adds or removes a
// device edits it, and a running Modelbeam notices.
package devices

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// ErrNotFound says that no device has that name or ID.
var ErrNotFound = errors.New("no such device")

// Device is a paired phone, or anything else that holds a key.
type Device struct {
	ID       string    `json:"id"`   // 8 hex digits
	Name     string    `json:"name"` // as the person calls it; not unique
	Hash     string    `json:"hash"` // hex SHA-256 of its key; the key itself is nowhere
	Paired   time.Time `json:"paired"`
	LastSeen time.Time `json:"last_seen,omitzero"`
	Address  string    `json:"address,omitempty"` // ours, by which it reached us last: an IP address
	Paused   bool      `json:"paused,omitempty"`  // the person lets nothing of it through for now
	Pass     *Pass     `json:"pass,omitempty"`    // of a guest; nil: everything, for good
	// UnusedUntil is when a key that nobody has used yet becomes void; zero once it was used,
	// and for keys that somebody was given in person.
	UnusedUntil time.Time `json:"unused_until,omitzero"`
}

// guestKept is how long a guest is still in the list when the time of the pass is over: to see
// who was here.
const guestKept = 24 * time.Hour

// stale says that nobody used the device's key in time, or that it was a guest of long ago.
func (d Device) stale() bool {
	now := time.Now()
	unused := !d.UnusedUntil.IsZero() && now.After(d.UnusedUntil)
	return unused || d.Pass != nil && !d.Pass.Until.IsZero() && now.After(d.Pass.Until.Add(guestKept))
}

// Store is the list of devices. Its methods may be called from any goroutine and, by locking
// a file beside the list, from several processes.
type Store struct {
	path string
	lock *flock.Flock

	mu      sync.Mutex // guards what follows, and serialises this process's edits
	devices []Device
	read    os.FileInfo // of the file when it was read or written last
	edits   int         // how often devices was replaced, or failed began
	pending []change    // what is in devices but not on the disk yet
	known   bool        // whether devices is the whole list: false until the file could be read
	failed  error       // why the file cannot be read, while it cannot
	mended  error       // what was set aside, until it is told
	removed removals
}

// Open reads the list at path, which need not exist, and changes nothing on the disk. A list that
// makes no sense is reported as a *store.BrokenError, one that cannot be read as a
// *store.AccessError, each beside a Store that works: it is empty until the list can be read, and
// what is changed meanwhile is kept for that moment.
func Open(path string) (*Store, error) {
	s := &Store{path: path, lock: flock.New(path+".lock", flock.SetPermissions(0o600)), removed: removalsBeside(path)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reload()
	return s, s.failed
}

// Mend sets a list aside that makes no sense and writes the one that is known, which may be empty,
// in its place. It reports what was wrong as a *store.BrokenError, or why nothing could be done.
// Only the process that serves phones does this; Watch does it by itself.
func (s *Store) Mend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mend()
	return s.fault()
}

// Known reports whether the list could be read since Open. Until then a key that is not in it
// may be as good as any.
func (s *Store) Known() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}

// fault is what there is to tell of the file; what was mended is told once. The caller holds
// s.mu.
func (s *Store) fault() error {
	err := cmp.Or(s.failed, s.mended)
	s.mended = nil
	return err
}

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
	added, err := s.edit(func(list []Device) ([]Device, Device, error) {
		list, added := slices.DeleteFunc(slices.Clone(list), s.sweep), d
		if numbered {
			added.Name = freeName(d.Name, list)
		}
		return append(list, added), added, nil
	})
	return added, key, err
}

// sweep reports whether a device goes by itself. Of a key that nobody used, no phone knows.
func (s *Store) sweep(d Device) bool {
	if d.stale() && d.UnusedUntil.IsZero() {
		s.removed.add(d)
	}
	return d.stale()
}

// Remove takes the device of that ID, or the one of that name, off the list; its key is void
// at once. A name that several devices have is refused: the error lists their IDs.
func (s *Store) Remove(nameOrID string) (Device, error) {
	return s.edit(func(list []Device) ([]Device, Device, error) {
		i, err := find(list, nameOrID)
		if err != nil {
			return nil, Device{}, err
		}
		s.removed.add(list[i])
		return slices.Delete(slices.Clone(list), i, i+1), list[i], nil
	})
}

// ByKey returns the device that holds key. It looks whether another process has edited the file, every
// time: who was told that a device is removed may rely on it at once. A stat costs microseconds.
func (s *Store) ByKey(key string) (Device, bool) {
	if !strings.HasPrefix(key, keyPrefix) {
		return Device{}, false
	}
	d, ok := s.lookUp([]byte(hash(key)))
	if !ok || d.stale() {
		return Device{}, false
	}
	if !d.UnusedUntil.IsZero() {
		// If this cannot be saved the key works now and may be void after a restart.
		_, _ = s.edit(func(list []Device) ([]Device, Device, error) { return used(list, d.ID), d, nil })
		d.UnusedUntil = time.Time{}
	}
	return d, true
}

func (s *Store) lookUp(h []byte) (Device, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outdated() {
		s.reload() // what is wrong is reported by Watch, to somebody who can tell the person
	}
	return s.byHash(h)
}

// WasRemoved reports whether key was a device's that was taken off the list, as far as that is
// remembered: of the last ones, for some months, also after a restart. A key that was shown and not
// used in time counts while it is in the list.
func (s *Store) WasRemoved(key string) bool {
	if !strings.HasPrefix(key, keyPrefix) {
		return false
	}
	h := []byte(hash(key))
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.byHash(h)
	_ = s.removed.renew() // nobody needs it to go on
	return s.removed.has(h) || ok && d.stale()
}

// used is the list with the device's key in use for good.
func used(list []Device, id string) []Device {
	list = slices.Clone(list)
	for i := range list {
		if list[i].ID == id {
			list[i].UnusedUntil = time.Time{}
		}
	}
	return list
}

// byHash compares with every device in constant time, whether found or not.
func (s *Store) byHash(h []byte) (found Device, ok bool) {
	for _, d := range s.devices {
		if subtle.ConstantTimeCompare(h, []byte(d.Hash)) == 1 {
			found, ok = d, true
		}
	}
	return found, ok
}

// List returns the devices in the order in which they paired, without those whose key nobody
// has used yet: they are still nobody's.
func (s *Store) List() []Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.devices), func(d Device) bool { return !d.UnusedUntil.IsZero() || d.stale() })
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
