// Package autostart has the system start a program when the person logs in, by the one entry that each system
// keeps for a user: an XDG autostart file, a value under the registry's Run key, a launch agent. Nothing of it
// needs an administrator.
package autostart

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// State says whether the system starts the program.
type State string

const (
	Off State = "off" // there is no entry, or one for another program than ours
	On  State = "on"
	// Blocked is an entry that the person has turned off with a tool of the system, which Set(true) turns on
	// again.
	Blocked State = "blocked"
	// Unavailable says that this program cannot be started at login; the error beside it says why.
	Unavailable State = "unavailable"
)

// Entry is what is started. The zero Entry is unavailable.
type Entry struct {
	ID      string   // of the program, for good: its entry is found by it
	Name    string   // as the system's own list of such programs shows it
	Command []string // the program, by its whole path, and its arguments
}

// ErrNoProgram says that there is nothing to start.
var ErrNoProgram = errors.New("this copy of Modelbeam cannot start by itself: install it first")

// State reads the entry from the disk, or from the registry. An entry that starts another program, as one that has
// moved since, is Off: Set(true) mends it. An error beside Off says that the entry could not be read.
func (e Entry) State() (State, error) {
	if err := e.check(); err != nil {
		return Unavailable, err
	}
	return e.state()
}

// Set makes the entry, or takes it away. It writes to the disk or the registry, so that no window may wait for it.
func (e Entry) Set(on bool) error {
	if !on {
		return e.remove()
	}
	if err := e.check(); err != nil {
		return err
	}
	return e.write()
}

// check refuses what no entry could start.
func (e Entry) check() error {
	if e.ID == "" || len(e.Command) == 0 {
		return ErrNoProgram
	}
	for _, word := range e.Command {
		if !utf8.ValidString(word) || strings.ContainsFunc(word, unicode.IsControl) {
			return fmt.Errorf("the path %q has characters that cannot be written down: move Modelbeam to another folder", word)
		}
	}
	if info, err := os.Stat(e.Command[0]); err != nil || info.IsDir() {
		return fmt.Errorf("the program %s is not there any more: start Modelbeam from where it is now", e.Command[0])
	}
	return e.startable()
}

// isStartedBy reports whether command, read from an entry, is ours, by whatever path and link it gets there.
func (e Entry) isStartedBy(command []string) bool {
	if len(command) != len(e.Command) || !slices.Equal(command[1:], e.Command[1:]) {
		return false
	}
	there, err := os.Stat(command[0])
	if err != nil {
		return false
	}
	ours, err := os.Stat(e.Command[0])
	return err == nil && os.SameFile(there, ours)
}
