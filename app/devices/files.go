package devices

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"modelbeam/app/store"
)

// files are what is on the disk. Their methods wait for it, and guard nothing: whoever writes has the
// Store's turn and the lock.
type files struct {
	list    string // every device
	tally   string // what guests have used since list was written
	removed string // who was taken off the list
	room    int    // of a tally, in bytes
	lock    *fileLock

	save  func(path string, v any) error                  // store.Save
	begin func(path string, lines []byte, room int) error // store.NewLines
	add   func(end int64, lines []byte) error             // of lines
	lines *store.LineFile                                 // of the tally
}

func filesAt(path string) files {
	dir := filepath.Dir(path)
	tally := filepath.Join(dir, "devices-tally.jsonl")
	lines := store.LinesAt(tally)
	return files{
		list:    path,
		tally:   tally,
		removed: filepath.Join(dir, "devices-removed.json"),
		room:    tallyRoom,
		lock:    lockBeside(path),
		save:    store.Save,
		begin:   store.NewLines,
		add:     lines.Add,
		lines:   lines,
	}
}

// content is what the files hold, and how they looked then. It is never changed.
type content struct {
	devices []Device // of the list, with the tally
	removed []removal
	tally   tally

	listInfo, tallyInfo, removedInfo os.FileInfo // nil: not there
}

// readAttempts bounds how often a list is read that is written again and again meanwhile.
const readAttempts = 3

// read reads what is there now, in place of c. An error is about the list or its tally; what was known
// of them is in the result then.
func (f files) read(c content) (content, error) {
	c, _ = f.readRemoved(c) // nobody needs it to go on
	for range readAttempts {
		next, err := f.readList(c)
		if err != nil {
			return c, err
		}
		c = next
		if store.Same(c.listInfo, statOf(f.list)) { // else the tally may be another list's
			break
		}
	}
	return c, nil
}

func (f files) readList(c content) (content, error) {
	c.listInfo, c.tallyInfo = statOf(f.list), statOf(f.tally)
	var list []Device
	if err := store.Read(f.list, &list, func() error { return check(list) }); err != nil {
		return c, err
	}
	var err error
	c.devices, c.tally, err = f.readTally(list)
	return c, err
}

// write makes list what the files hold, in place of c. When that fails, the result may differ from c
// all the same.
func (f files) write(c content, list []Device) (content, error) {
	if gone := gone(c, list); len(gone) > 0 {
		c = f.writeRemoved(c, gone)
	}
	if err := f.save(f.list, list); err != nil {
		return c, err
	}
	// Until nobody goes by what the list was before: see Store.newest.
	time.Sleep(lookGood)
	f.lines.Close()
	_ = os.Remove(f.tally) // it is of the list before, and counts no more
	c.devices, c.tally = list, tally{}
	c.listInfo, c.tallyInfo = statOf(f.list), statOf(f.tally)
	return c, nil
}

// statOf is nil where no file is to be seen.
func statOf(path string) os.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// check refuses a list in which a key could match a device by accident.
func check(list []Device) error {
	for _, d := range list {
		if len(d.Hash) != hex.EncodedLen(sha256.Size) || d.ID == "" {
			return fmt.Errorf("device %q has no ID or no hash", d.Name)
		}
	}
	return nil
}
