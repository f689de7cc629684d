package autostart

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows/registry"
)

// tempDir is t.TempDir without os.RemoveAll, which deletes in a way that Wine 8 does not know.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "autostart")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var all []string
		_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
			all = append(all, path)
			return nil
		})
		for _, path := range slices.Backward(all) {
			_ = os.Remove(path)
		}
	})
	return dir
}

// entry is one for a program that is there, in a folder of that name. Its name is nobody else's.
func entry(t *testing.T, folder string) Entry {
	t.Helper()
	path := filepath.Join(tempDir(t), folder, "modelbeam.exe")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	e := Entry{ID: "app.modelbeam.Test", Name: "Modelbeam Test", Command: []string{path, "--hidden"}}
	t.Cleanup(func() {
		if err := e.Set(false); err != nil {
			t.Error(err)
		}
	})
	return e
}

func expect(t *testing.T, e Entry, want State) {
	t.Helper()
	if got, err := e.State(); got != want || (err != nil) != (want == Unavailable) {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func set(t *testing.T, e Entry, on bool) {
	t.Helper()
	if err := e.Set(on); err != nil {
		t.Fatal(err)
	}
}

func TestRunKey(t *testing.T) {
	for _, folder := range []string{"plain", "My Apps", "100%", "%TEMP%", "a&b^c", "it's", "Küche 厨房"} {
		t.Run(folder, func(t *testing.T) {
			e := entry(t, folder)
			expect(t, e, Off)
			set(t, e, true)
			expect(t, e, On)
			k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
			if err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			line, kind, err := k.GetStringValue(e.Name)
			if err != nil || kind != registry.SZ || !strings.HasSuffix(line, " --hidden") {
				t.Errorf("%q of type %d, %v", line, kind, err) // EXPAND_SZ would expand %TEMP%
			}
			if program := strings.TrimSuffix(line, " --hidden"); strings.Contains(program, " ") && program != `"`+e.Command[0]+`"` {
				t.Errorf("a path with spaces needs quotes: %s", line)
			}
			set(t, e, false)
			set(t, e, false)
			expect(t, e, Off)
		})
	}
}

// TestTaskManager: what the person turns off there is shown, and turned on again by us.
func TestTaskManager(t *testing.T) {
	e := entry(t, "x")
	set(t, e, true)
	for first, want := range map[byte]State{2: On, 3: Blocked, 6: On, 7: Blocked} {
		k, _, err := registry.CreateKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.SetBinaryValue(e.Name, []byte{first, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}); err != nil {
			t.Fatal(err)
		}
		k.Close()
		expect(t, e, want)
		set(t, e, true)
		expect(t, e, On)
	}
}

func TestAnotherProgram(t *testing.T) {
	e := entry(t, "x")
	set(t, e, true)
	other := e
	other.Command = []string{entry(t, "y").Command[0], "--hidden"}
	expect(t, other, Off)
	set(t, other, true)
	expect(t, other, On)
	expect(t, e, Off)
	if err := os.Remove(other.Command[0]); err != nil {
		t.Fatal(err)
	}
	expect(t, other, Unavailable)
}

func TestRefused(t *testing.T) {
	for name, command := range map[string][]string{
		"nothing": nil, "newline": {"C:\\a\nb.exe"}, "not there": {`C:\nobody\has\this.exe`},
		"too long": {entry(t, "x").Command[0], strings.Repeat("x", longestCommand)},
	} {
		e := entry(t, "x")
		e.Command = command
		expect(t, e, Unavailable)
		if err := e.Set(true); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
