package autostart

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const (
	// runKey has the command lines that Windows starts for this user, by name; see
	// https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys.
	runKey = `Software\Microsoft\Windows\CurrentVersion\Run`
	// approvedKey has what Task Manager and Settings made of them: 12 bytes, of which the first is odd for one
	// that is turned off.
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	// longestCommand is how long such a command line may be, in characters; Windows passes over longer ones.
	longestCommand = 260
)

func (e Entry) commandLine() string { return windows.ComposeCommandLine(e.Command) }

func (e Entry) startable() error {
	if len([]rune(e.commandLine())) > longestCommand {
		return fmt.Errorf("the path %s is too long for Windows to start it: move Modelbeam to another folder", e.Command[0])
	}
	return nil
}

func (e Entry) state() (State, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return Off, unlessMissing(err)
	}
	defer k.Close()
	line, _, err := k.GetStringValue(e.Name)
	if err != nil {
		return Off, unlessMissing(err)
	}
	words, err := windows.DecomposeCommandLine(line)
	if err != nil || !e.isStartedBy(words) {
		return Off, nil
	}
	if e.turnedOff() {
		return Blocked, nil
	}
	return On, nil
}

// turnedOff reports whether the person did that in Task Manager or in Settings.
func (e Entry) turnedOff() bool {
	k, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer k.Close()
	b, _, err := k.GetBinaryValue(e.Name)
	return err == nil && len(b) > 0 && b[0]&1 == 1
}

// write makes the entry and takes back what Task Manager was told, since the person has asked for it now.
func (e Entry) write() error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	if err := k.SetStringValue(e.Name, e.commandLine()); err != nil {
		return err
	}
	return e.deleteFrom(approvedKey)
}

func (e Entry) remove() error { return errors.Join(e.deleteFrom(runKey), e.deleteFrom(approvedKey)) }

func (e Entry) deleteFrom(path string) error {
	k, err := registry.OpenKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err != nil {
		return unlessMissing(err)
	}
	defer k.Close()
	return unlessMissing(k.DeleteValue(e.Name))
}

// unlessMissing is err, but nil when it only says that something is not there.
func unlessMissing(err error) error {
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}
