package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// contents is what is on a Windows: its files and the values in its registry, by name. False are those that
// programs leave there by just running.
type contents map[string]bool

// contents ends all that runs there and lists what there is, but for what Windows itself keeps for a while.
func (w *windowsPC) contents(t *testing.T) contents {
	t.Helper()
	w.run(t, "cmd", "/c", "exit") // the first program that somebody runs makes the person's folders
	w.shutDown()
	c := contents{}
	drive := w.path(`C:\`)
	err := filepath.WalkDir(drive, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(drive, path)
		if name == "windows" || strings.HasSuffix(name, "/Temp") {
			return filepath.SkipDir
		}
		c[name] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.addRegistry(t, filepath.Join(w.prefix, "user.reg"))
	c.addRegistry(t, filepath.Join(w.prefix, "system.reg"))
	return c
}

// ofWine matches what Wine fills whenever a program draws text or has a terminal, and the list of what is to
// be deleted when Windows starts next: an uninstaller of NSIS cannot delete itself.
var ofWine = regexp.MustCompile(`Fonts\]|\[Console|PendingFileRenameOperations`)

// addRegistry reads a file of Wine's, which has [key] time and then "name"=value lines.
func (c contents) addRegistry(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if strings.HasPrefix(line, "[") {
			key = filepath.Base(file) + ": " + line[:strings.LastIndex(line, "]")+1]
			c[key] = !ofWine.MatchString(key)
		}
		if name, _, ok := strings.Cut(line, "="); ok && (strings.HasPrefix(name, `"`) || name == "@") {
			c[key+" "+name] = !ofWine.MatchString(key + name)
		}
	}
}

// assertNothingLeft compares what is there with what was there before. The person's own settings stay.
func (w *windowsPC) assertNothingLeft(t *testing.T, before contents) {
	t.Helper()
	settings := strings.ReplaceAll(strings.TrimPrefix(roamingData, `C:\`), `\`, "/") + "/modelbeam"
	if left, _ := filepath.Glob(w.path(`C:\users\` + windowsUser + `\Temp\modelbeam*`)); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	downloads := "users/" + windowsUser + "/Downloads"
	for name, ours := range w.contents(t) {
		if ours && !before[name] && !strings.HasPrefix(name, settings) && !strings.HasPrefix(name, downloads) {
			t.Errorf("%s is left", name)
		}
	}
}
