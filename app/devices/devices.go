// Package devices remembers who may use the gateway: every paired phone with the hash of its
// own key. The file is the one truth for all processes: a command that adds or removes a
// device edits it, and a running Modelbeam notices.
package devices

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
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
	late := d.unused() && now.After(d.UnusedUntil)
	return late || d.Pass != nil && !d.Pass.Until.IsZero() && now.After(d.Pass.Until.Add(guestKept))
}

// unused says that nobody has used the device's key yet.
func (d Device) unused() bool { return !d.UnusedUntil.IsZero() }

// Store is the list of devices. Its methods may be called from any goroutine and, by locking
// a file beside the list, from several processes.
//
// Who reads the list waits for no disk: readers get what is in memory, where an edit is at once. Whoever
// has the turn writes the files, for all whose edits came together meanwhile; look reads what other
// processes have written.
type Store struct {
	files files
	looks looks
	now   atomic.Pointer[view] // what readers get
	turn  chan struct{}        // full while somebody writes the files

	mu      sync.Mutex // guards what follows; nobody waits for the disk with it
	disk    content    // what the files hold, as they were read or written last
	pending []*edit    // what is not on the disk yet
	known   bool       // whether there is a list: false until the file could be read
	failed  error      // why the file cannot be read, while it cannot
	mended  error      // what was set aside, until it is told
	edition int        // how often the list was replaced, or failed or mended began
	version int        // how often disk was replaced
	writing bool       // the files may differ from disk because of us
}

// Open reads the list at path, which need not exist, and changes nothing on the disk. A list that
// makes no sense is reported as a *store.BrokenError, one that cannot be read as a
// *store.AccessError, each beside a Store that works: it is empty until the list can be read, and
// what is changed meanwhile is kept for that moment.
func Open(path string) (*Store, error) {
	s := &Store{files: filesAt(path), turn: make(chan struct{}, 1)}
	read, err := s.files.read(content{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accept(read, err)
	return s, err
}

// Mend sets a list aside that makes no sense and writes the one that is known, which may be empty,
// in its place. It reports what was wrong as a *store.BrokenError, or why nothing could be done.
// Only the process that serves phones does this; Watch does it by itself.
func (s *Store) Mend() error {
	_ = s.Flush() // what matters of it is in the fault
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault()
}

// Known reports whether the list could be read since Open. Until then a key that is not in it
// may be as good as any.
func (s *Store) Known() bool { return s.now.Load().known }

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

// ByKey returns the device that holds key, as the list is at this moment, whichever process has edited it.
func (s *Store) ByKey(key string) (Device, bool) {
	if !strings.HasPrefix(key, keyPrefix) {
		return Device{}, false
	}
	d, ok := s.newest().byHash([]byte(hash(key)))
	if !ok || d.stale() {
		return Device{}, false
	}
	if d.unused() {
		// Until this is written, and that is soon, a crash makes the key one that is yet to be used.
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
	h, now := []byte(hash(key)), s.newest()
	d, ok := now.byHash(h)
	return now.wasRemoved(h) || ok && d.stale()
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

// List returns the devices in the order in which they paired, without those whose key nobody
// has used yet: they are still nobody's.
func (s *Store) List() []Device { return s.now.Load().shown() }

// Roster is List, and what Known says of it.
func (s *Store) Roster() (list []Device, whole bool) {
	now := s.now.Load()
	return now.shown(), now.known
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
