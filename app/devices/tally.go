package devices

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"modelbeam/app/store"
)

// A tally is what guests have used since the list was written: to write all of it for each request would
// take a guest several times as long as everything else. It has a line for each time that requests were
// counted, with how many each of some guests has used by then:
//
//	{"list":"af13…"}
//	{"0badcafe":7,"00c0ffee":1}
//
// The first line says of which list it is, by its SHA-256. So a list that is written again ends its
// tally in the same moment, whoever writes it and whatever crashes then, and nothing is counted twice.

// tallyRoom is how many bytes a tally has room for before the list is written again. Usually that
// happens sooner: as long as guests are there, when they were last seen is written every few seconds.
const tallyRoom = 64 << 10

// tally is what is on the disk besides the list.
type tally struct {
	open bool  // it is of the list that is there, and goes on
	end  int64 // where
	torn bool  // it is not to be trusted with more: the list is to be written
}

// readTally returns the list with what is counted in its tally.
func (f files) readTally(list []Device) ([]Device, tally, error) {
	lines, end, err := store.Lines(f.tally)
	var broken *store.BrokenError
	switch {
	case errors.As(err, &broken):
		return list, tally{torn: true}, nil // there is something else in its place
	case err != nil:
		return list, tally{}, err
	case len(lines) == 0 || !bytes.Equal(lines[0], tallyHead(list)):
		return list, tally{}, nil
	}
	for _, line := range lines[1:] {
		var used map[string]int
		if json.Unmarshal(line, &used) != nil {
			return list, tally{torn: true}, nil // it was cut off, and nobody relies on it
		}
		list = withUsed(list, used)
	}
	return list, tally{open: true, end: end}, nil
}

// withUsed changes list, which nobody else has yet.
func withUsed(list []Device, used map[string]int) []Device {
	for i, d := range list {
		if n, ok := used[d.ID]; ok && d.Pass != nil {
			list[i].Pass.Used = n
		}
	}
	return list
}

// count makes list, which differs from c's by what guests have used only, what the files hold.
func (f files) count(c content, list []Device) (content, error) {
	used := usedSince(c, list)
	if len(used) == 0 {
		return c, nil // spent and given back
	}
	line, err := json.Marshal(used)
	if err != nil {
		return c, err
	}
	line = append(line, '\n')
	if c.tally.open {
		err = f.add(c.tally.end, line)
		c.tally.end += int64(len(line))
	} else {
		c.tally, err = f.beginTally(line)
	}
	if err != nil {
		c.tally = tally{torn: true} // nobody knows how it ends
		return c, err
	}
	c.devices, c.tallyInfo = list, f.lines.Stat()
	return c, nil
}

// beginTally makes a tally of the list that is there, with one line.
func (f files) beginTally(line []byte) (tally, error) {
	var list []Device // as others will read it, which may be not quite as it was written
	if err := store.Read(f.list, &list, nil); err != nil {
		return tally{}, err
	}
	lines := append(append(tallyHead(list), '\n'), line...)
	return tally{open: true, end: int64(len(lines))}, f.begin(f.tally, lines, f.room)
}

// usedSince is what those guests have used of whom that has changed between c and list.
func usedSince(c content, list []Device) map[string]int {
	used := make(map[string]int)
	for i, d := range list {
		if d.Pass != nil && d.Pass.Used != c.devices[i].Pass.Used {
			used[d.ID] = d.Pass.Used
		}
	}
	return used
}

// tallyHead is the first line of a list's tally.
func tallyHead(list []Device) []byte {
	text, err := json.Marshal(list)
	if err != nil {
		return nil // a list that was read can be written
	}
	sum := sha256.Sum256(text)
	return []byte(`{"list":"` + hex.EncodeToString(sum[:]) + `"}`)
}
