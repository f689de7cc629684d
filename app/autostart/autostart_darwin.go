package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"modelbeam/app/store"
)

// A launch agent of the user does for an app in a bundle and for beam alone, and needs no C. macOS tells the
// person once that it was added, and lists it under Login Items by the name of the program. SMAppService, since
// macOS 13, would list the app itself and tell us what the person has turned off there; it takes
// Objective-C, a signed bundle, and an entry of its own for beam.

func (e Entry) path() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), err
}

// startable refuses an app that was opened where it was downloaded: macOS runs it from a copy that is gone after
// the next start.
func (e Entry) startable() error {
	if strings.Contains(e.Command[0], "/AppTranslocation/") {
		return errors.New("macOS runs Modelbeam from a temporary place: move it to the Applications folder, and start it there")
	}
	_, err := e.path()
	return err
}

func (e Entry) state() (State, error) {
	path, err := e.path()
	if err != nil {
		return Unavailable, err
	}
	text, err := os.ReadFile(path)
	if err != nil || !e.isStartedBy(agentCommand(string(text))) {
		return Off, unlessMissing(err)
	}
	return On, nil
}

func (e Entry) write() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	return store.Write(path, []byte(e.launchAgent()))
}

func (e Entry) remove() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	return unlessMissing(os.Remove(path))
}

// unlessMissing is err, but nil when it only says that something is not there.
func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
