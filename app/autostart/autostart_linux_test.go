package autostart

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelbeam/app/store"
	"modelbeam/cmd/e2e/atlogin"
)

const id = "app.modelbeam.Modelbeam"

// entry is one for a program that is there, in a folder of that name, with a configuration of its own.
func entry(t *testing.T, folder string) Entry {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(t.TempDir(), "config"))
	path := filepath.Join(t.TempDir(), folder, "modelbeam")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return Entry{ID: id, Name: "Modelbeam", Command: []string{path, "--hidden"}}
}

func (e Entry) file(t *testing.T) string {
	t.Helper()
	path, err := e.path()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func set(t *testing.T, e Entry, on bool) {
	t.Helper()
	if err := e.Set(on); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, e Entry, want State) {
	t.Helper()
	if got, err := e.State(); got != want || (err != nil) != (want == Unavailable) {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; make setup installs it", name)
		}
		t.Skipf("%s is missing; make setup installs it", name)
	}
	return path
}

// folders are names that a shell, the format of the file or systemd would each take for something else.
var folders = []string{
	"plain", "My Apps", "a  b", "$HOME", "100%", "%h%%", `quo"ted"`, "it's", `back\slash`, `end\`, "`date`", "a;b&c|d", "#comment",
	"=", "Küche 厨房", "~", "*?[]", "(x)", "<b>", `\s\n`, "-- x",
}

// TestFormat: what is written is read as the same command.
func TestFormat(t *testing.T) {
	for _, folder := range folders {
		command := []string{"/opt/" + folder + "/modelbeam", "--hidden", folder, ""}
		e := Entry{ID: id, Name: "Modelbeam", Command: command}
		if got := entryCommand(e.desktopEntry(command[0])); !slices.Equal(got, command) {
			t.Errorf("%q is read from\n%s", got, e.desktopEntry(command[0]))
		}
		if got := agentCommand(e.launchAgent()); !slices.Equal(got, command) {
			t.Errorf("%q is read from\n%s", got, e.launchAgent())
		}
	}
}

// TestDesktopStartsIt has the entry checked by the specification's own tool, and taken over by systemd, as it is
// at the login of a person.
func TestDesktopStartsIt(t *testing.T) {
	validate := tool(t, "desktop-file-validate")
	for i, folder := range folders {
		t.Run(strconv.Itoa(i), func(t *testing.T) { // the folders of the test are named after it
			e := entry(t, folder)
			set(t, e, true)
			expect(t, e, On)
			if out, err := exec.Command(validate, e.file(t)).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v: %s", err, out)
			}
			config := filepath.Dir(filepath.Dir(e.file(t)))
			if got := atlogin.Command(t, config, id); !e.isStartedBy(got) {
				t.Errorf("systemd would start %q, want %q", got, e.Command)
			}
			set(t, e, false)
			expect(t, e, Off)
		})
	}
}

// TestLinkFollows: the link that stands for a troubling path leads to where the program is now.
func TestLinkFollows(t *testing.T) {
	e := entry(t, "100%")
	set(t, e, true)
	moved := e
	moved.Command = []string{filepath.Join(t.TempDir(), "50%"), "--hidden"}
	if err := os.Rename(e.Command[0], moved.Command[0]); err != nil {
		t.Fatal(err)
	}
	expect(t, moved, Off)
	set(t, moved, true)
	expect(t, moved, On)
	set(t, moved, false)
	config := filepath.Dir(filepath.Dir(e.file(t)))
	for _, folder := range []string{"autostart", "modelbeam"} {
		if files, err := os.ReadDir(filepath.Join(config, folder)); err != nil || len(files) > 0 {
			t.Errorf("left behind: %v, %v", files, err)
		}
	}
}

// TestTroublingHome: where the link has no plain name either, the entry is as the specification has it.
func TestTroublingHome(t *testing.T) {
	e := entry(t, "x")
	e.Command[0] = filepath.Join(t.TempDir(), "100%")
	if err := os.WriteFile(e.Command[0], nil, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(t.TempDir(), "$config"))
	set(t, e, true)
	expect(t, e, On)
	if text, err := os.ReadFile(e.file(t)); err != nil || entryCommand(string(text))[0] != e.Command[0] {
		t.Errorf("%v: %s", err, text)
	}
}

func TestOnAndOff(t *testing.T) {
	e := entry(t, "My Apps")
	expect(t, e, Off)
	for range 2 {
		set(t, e, true)
		expect(t, e, On)
	}
	files, err := os.ReadDir(filepath.Dir(e.file(t)))
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	for range 2 {
		set(t, e, false)
		expect(t, e, Off)
	}
	if _, err := os.Lstat(e.file(t)); err == nil {
		t.Error("the entry is still there")
	}
}

// TestChangedByOthers: what desktops and people do to the file.
func TestChangedByOthers(t *testing.T) {
	e := entry(t, "My Apps")
	program := e.Command[0]
	for _, tt := range []struct {
		name, text string
		want       State
	}{
		{"hidden", e.desktopEntry(program) + "Hidden=true\n", Off},
		{"not hidden", e.desktopEntry(program) + "Hidden=false\n", On},
		{"GNOME's tool", strings.Replace(e.desktopEntry(program), "enabled=true", "enabled=false", 1), Off},
		{"quoted otherwise", "[Desktop Entry]\r\nExec = \"" + program + "\"   \"--hidden\" %U\r\n", On},
		{"another program", "[Desktop Entry]\nExec=/opt/other/modelbeam --hidden\n", Off},
		{"another argument", "[Desktop Entry]\nExec=\"" + program + "\"\n", Off},
		{"in another group", "[Desktop Entry]\nType=Application\n[Desktop Action x]\nExec=\"" + program + "\" --hidden\n", Off},
		{"hidden in another group", e.desktopEntry(program) + "[Other]\nHidden=true\n", On},
		{"nothing in it", "", Off},
		{"garbage", "\x00\xff[", Off},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := store.Write(e.file(t), []byte(tt.text)); err != nil {
				t.Fatal(err)
			}
			expect(t, e, tt.want)
			set(t, e, true)
			expect(t, e, On)
		})
	}
}

// TestMoved: an AppImage that was moved is another program, and the entry of the old one is mended.
func TestMoved(t *testing.T) {
	e := entry(t, "Downloads")
	set(t, e, true)
	moved := e
	moved.Command = []string{filepath.Join(t.TempDir(), "modelbeam"), "--hidden"}
	if err := os.Rename(e.Command[0], moved.Command[0]); err != nil {
		t.Fatal(err)
	}
	expect(t, e, Unavailable)
	if err := e.Set(true); err == nil {
		t.Error("an entry for a program that is gone")
	}
	expect(t, moved, Off)
	set(t, moved, true)
	expect(t, moved, On)
	set(t, e, false) // also by a program that is gone
	expect(t, moved, Off)
}

// TestLinks: the settings of some people are links into a folder that they keep elsewhere.
func TestLinks(t *testing.T) {
	e, elsewhere := entry(t, "x"), t.TempDir()
	folder := filepath.Dir(e.file(t))
	if err := errors.Join(os.MkdirAll(filepath.Dir(folder), 0o700), os.Symlink(elsewhere, folder)); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "kept.desktop")
	if err := os.Symlink(target, e.file(t)); err != nil {
		t.Fatal(err)
	}
	expect(t, e, Off)
	set(t, e, true)
	expect(t, e, On)
	if text, err := os.ReadFile(target); err != nil || !e.isStartedBy(entryCommand(string(text))) {
		t.Errorf("%v: %s", err, text)
	}
	set(t, e, false)
	expect(t, e, Off)
	if _, err := os.Stat(target); err != nil {
		t.Error("what the link led to is gone: ", err)
	}

	if err := os.Symlink(os.DevNull, e.file(t)); err != nil {
		t.Fatal(err)
	}
	expect(t, e, Off)
	set(t, e, true)
	expect(t, e, On)
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatal("the null device is gone")
	}
}

func TestRefused(t *testing.T) {
	for name, command := range map[string][]string{
		"nothing":   nil,
		"newline":   {"/opt/a\nb/modelbeam"},
		"tab":       {"/opt/a\tb/modelbeam"},
		"not UTF-8": {"/opt/a\xff/modelbeam"},
		"not there": {"/nobody/has/this"},
		"a folder":  {os.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry(t, "x")
			e.Command = command
			expect(t, e, Unavailable)
			if err := e.Set(true); err == nil {
				t.Error("taken")
			}
			if _, err := os.Lstat(e.file(t)); err == nil {
				t.Error("an entry was made")
			}
		})
	}
}

// TestFolderOfSomebodyElse: the error says whose it is.
func TestFolderOfSomebodyElse(t *testing.T) {
	e := entry(t, "x")
	t.Setenv("XDG_CONFIG_HOME", "/proc/1/nobody")
	var denied *store.AccessError
	if err := e.Set(true); !errors.As(err, &denied) && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("set with %v", err)
	}
	expect(t, e, Off)
}

// TestRelativeConfigHome: the specification passes over such a path, and so do desktops.
func TestRelativeConfigHome(t *testing.T) {
	e, home := entry(t, "x"), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", "config")
	t.Setenv("HOME", home)
	if got, want := e.file(t), filepath.Join(home, ".config", "autostart", id+".desktop"); got != want {
		t.Errorf("the entry is in %s, want %s", got, want)
	}
}
