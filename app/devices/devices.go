// Package devices remembers who may use the gateway: every paired phone with the hash of its
// own key. The file is the one truth for all processes: a command that adds or removes a
// device edits it, and a running Modelbeam notices. So its types, Pass among them, have the form of that file,
// and the gateway and the screens have others.
//
// A request never waits for the disk, but for the one that is a guest's to spend:
//
//	view     what readers get: a list in memory that is never changed, only replaced
//	edit     a change of the list: in the view at once, pending until it is on the disk
//	commit   whoever has the turn writes everything that is pending, with one write
//	look     one goroutine reads what other processes have written, for all who ask at that time
//	content  what the files hold: the list, the tally of what guests have used since, the removals
package devices

import (
	"cmp"
	"errors"
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
	// Handovers are the codes by which an icon on the phone's home screen becomes this device too, the oldest first.
	Handovers []Handover `json:"handovers,omitempty"`
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
	files   files
	looks   looks
	current atomic.Pointer[view] // what readers get
	turn    chan struct{}        // full while somebody writes the files

	mu       sync.Mutex // guards what follows; nobody waits for the disk with it
	disk     content    // what the files hold, as they were read or written last
	pending  []*edit    // what is not on the disk yet
	known    bool       // whether there is a list: false until the file could be read
	failed   error      // why the file cannot be read, while it cannot
	mended   error      // what was set aside, until it is told
	edition  int        // how often the list was replaced, or failed or mended began
	replaced int        // how often disk was
	writing  bool       // the files may differ from disk because of us
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
func (s *Store) Known() bool { return s.current.Load().known }

// fault is what there is to tell of the file; what was mended is told once. The caller holds
// s.mu.
func (s *Store) fault() error {
	err := cmp.Or(s.failed, s.mended)
	s.mended = nil
	return err
}

// List returns the devices in the order in which they paired, without those whose key nobody
// has used yet: they are still nobody's.
func (s *Store) List() []Device { return s.current.Load().shown() }

// Roster is List, and what Known says of it.
func (s *Store) Roster() (list []Device, whole bool) {
	now := s.current.Load()
	return now.shown(), now.known
}
