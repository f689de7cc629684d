package devices

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"

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

// tallyMost is how many bytes a tally has before the list is written again. Otherwise that happens
// whenever something else than a count changes: as long as guests are there, when they were last seen.
const tallyMost = 1 << 20

// tallyState is what can be done with a tally.
type tallyState int

const (
	tallyNone tallyState = iota // there is none of this list
	tallyOpen                   // it goes on
	tallyFull                   // it is long enough, or its end was cut off: the list is to be written
)

// readTally returns the list with what is counted in its tally.
func (f files) readTally(list []Device) ([]Device, tallyState, error) {
	lines, whole, err := store.Lines(f.tally)
	var broken *store.BrokenError
	switch {
	case errors.As(err, &broken):
		return list, tallyFull, nil // there is something else in its place
	case err != nil:
		return list, tallyNone, err
	case len(lines) == 0 || !bytes.Equal(lines[0], tallyHead(list)):
		return list, tallyNone, nil
	}
	state := tallyOpen
	for _, line := range lines[1:] {
		var used map[string]int
		if json.Unmarshal(line, &used) != nil {
			return list, tallyFull, nil
		}
		list = withUsed(list, used)
	}
	if info := statOf(f.tally); !whole || info != nil && info.Size() > tallyMost {
		state = tallyFull
	}
	return list, state, nil
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
	lines, err := f.tallyLines(c.state, used)
	if err != nil {
		return c, err
	}
	if err := f.add(f.tally, lines); err != nil {
		c.state = tallyFull // nobody knows what is at its end
		return c, err
	}
	c.devices, c.state, c.tallyInfo = list, tallyOpen, statOf(f.tally)
	if c.tallyInfo != nil && c.tallyInfo.Size() > tallyMost {
		c.state = tallyFull
	}
	return c, nil
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

// tallyLines are to be added to the tally. They begin another one where there is none of this list.
func (f files) tallyLines(state tallyState, used map[string]int) ([]byte, error) {
	line, err := json.Marshal(used)
	if err != nil || state == tallyOpen {
		return append(line, '\n'), err
	}
	var written []Device // what others will read, not what was to be written
	if err := store.Read(f.list, &written, nil); err != nil {
		return nil, err
	}
	if err := os.Remove(f.tally); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return append(bytes.Join([][]byte{tallyHead(written), line}, []byte("\n")), '\n'), nil
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
