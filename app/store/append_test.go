package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	if lines, whole, err := Lines(path); len(lines) > 0 || !whole || err != nil {
		t.Errorf("before: %q, %v, %v", lines, whole, err)
	}
	for _, text := range []string{"one\n", "two\nthree\n", "cut o"} {
		if err := Append(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	lines, whole, err := Lines(path)
	if got := string(bytes.Join(lines, []byte("|"))); got != "one|two|three" || whole || err != nil {
		t.Errorf("got %s, whole: %v, %v", got, whole, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

// TestAppendToNoFile: what is not ours is neither followed, nor written, nor waited for.
func TestAppendToNoFile(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "diary.txt")
	if err := os.WriteFile(victim, []byte("dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	link, folder := filepath.Join(dir, "link"), filepath.Join(dir, "folder")
	if err := errors.Join(os.Symlink(victim, link), os.Mkdir(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, folder, filepath.Join(dir, "missing", "lines")} {
		if err := Append(path, []byte("x\n")); err == nil {
			t.Errorf("appended to %s", path)
		}
	}
	var broken *BrokenError
	if _, _, err := Lines(folder); !errors.As(err, &broken) {
		t.Errorf("the lines of a folder: %v", err)
	}
	if got, err := os.ReadFile(victim); err != nil || string(got) != "dear diary" {
		t.Errorf("another file is now %q, %v", got, err)
	}
}
