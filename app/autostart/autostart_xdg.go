//go:build !windows && !darwin

package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"modelbeam/app/store"
)

// configFolder passes over a relative XDG_CONFIG_HOME, as the XDG base directory specification wants it.
func configFolder() (string, error) {
	if config := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(config) {
		return config, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config"), err
}

// path is where the desktop looks for the entry: https://specifications.freedesktop.org/autostart-spec/latest.
func (e Entry) path() (string, error) {
	config, err := configFolder()
	return filepath.Join(config, "autostart", e.ID+".desktop"), err
}

// troubling are the characters in a program's path that systemd, which starts what most desktops have in these
// files, does not get right: systemd-xdg-autostart-generator 252 looks for 100%% where the program is in 100%, and
// writes others with a backslash that systemd then refuses as "special characters". The specification
// forbids the last.
const troubling = "%$`\\\"'="

// program is the path to write down: e's program, or where that is troubling, a link to it with a plain name.
func (e Entry) program() (path string, linked bool, err error) {
	config, err := configFolder()
	if err != nil || !strings.ContainsAny(e.Command[0], troubling) || strings.ContainsAny(config, troubling) {
		return e.Command[0], false, err
	}
	return filepath.Join(config, "modelbeam", "start-at-login"), true, nil
}

func (e Entry) startable() error {
	_, err := e.path()
	return err
}

// state takes an entry that a tool of the desktop has turned off for one that is not there: those tools show it no
// differently.
func (e Entry) state() (State, error) {
	path, err := e.path()
	if err != nil {
		return Unavailable, err
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return Off, unlessMissing(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !e.isStartedBy(entryCommand(string(text))) {
		return Off, unlessMissing(err)
	}
	return On, nil
}

// write leaves a link in its place and writes what it leads to, but for a link to what is no file: people turn
// entries off by one to /dev/null.
func (e Entry) write() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	program, linked, err := e.program()
	if err != nil {
		return err
	}
	if linked {
		if err := link(program, e.Command[0]); err != nil {
			return err
		}
	}
	return store.Write(path, []byte(e.desktopEntry(program)))
}

// link makes the link at path lead to target, whatever it did before.
func link(path, target string) error {
	if err := store.MakeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := unlessMissing(os.Remove(path)); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

func (e Entry) remove() error {
	path, err := e.path()
	if err != nil {
		return err
	}
	config, err := configFolder()
	if err != nil {
		return err
	}
	return errors.Join(unlessMissing(os.Remove(path)), unlessMissing(os.Remove(filepath.Join(config, "modelbeam", "start-at-login"))))
}

// unlessMissing is err, but nil when it only says that something is not there.
func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
