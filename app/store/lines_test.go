package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	f := LinesAt(path)
	defer f.Close()
	if lines, end, err := Lines(path); len(lines) > 0 || end != 0 || err != nil {
		t.Errorf("before: %q, %d, %v", lines, end, err)
	}
	for range 2 { // the second time in place of what is there
		if err := NewLines(path, []byte("one\n"), 20); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"two\nthree\n", "four\n"} {
			_, end, err := Lines(path)
			if err != nil || !f.EndsAt(end) {
				t.Fatalf("they end at %d: %v, %v", end, f.EndsAt(end), err)
			}
			if err := f.Add(end, []byte(text)); err != nil {
				t.Fatal(err)
			}
			if f.EndsAt(end) {
				t.Error("it cannot be seen that lines were added")
			}
		}
	}
	lines, end, err := Lines(path)
	if got := string(bytes.Join(lines, []byte("|"))); got != "one|two|three|four" || end != 19 || err != nil {
		t.Errorf("got %s, to %d, %v", got, end, err)
	}
	if err := f.Add(end, []byte("5\n")); !errors.Is(err, ErrFull) {
		t.Errorf("more than there is room for: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 20 {
		t.Errorf("the file is %v of %d bytes, %v", info.Mode(), info.Size(), err)
	}
	if err := f.Add(end, []byte("\n")); err != nil || !f.EndsAt(20) || f.EndsAt(16) {
		t.Errorf("at the end of the file: %v", err)
	}
}

// TestLinesOfNoFile: what is not ours is neither followed, nor written, nor waited for.
func TestLinesOfNoFile(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "diary.txt")
	if err := os.WriteFile(victim, []byte("dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	link, folder := filepath.Join(dir, "link"), filepath.Join(dir, "folder")
	if err := errors.Join(os.Symlink(victim, link), os.MkdirAll(filepath.Join(folder, "full"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, folder, filepath.Join(dir, "missing", "lines")} {
		if f := LinesAt(path); f.Add(0, []byte("x\n")) == nil || f.EndsAt(0) {
			t.Errorf("added to %s", path)
		}
	}
	var broken *BrokenError
	if _, _, err := Lines(folder); !errors.As(err, &broken) {
		t.Errorf("the lines of a folder: %v", err)
	}
	if err := NewLines(folder, nil, 10); err == nil {
		t.Error("a folder was replaced")
	}
	if err := NewLines(link, []byte("x\n"), 10); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(victim); err != nil || string(got) != "dear diary" {
		t.Errorf("another file is now %q, %v", got, err)
	}
}

// TestLinesOfAnotherFile: what somebody has put in the place of an open file is what lines are added to, and where
// nothing is any more, nothing is added.
func TestLinesOfAnotherFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines")
	f := LinesAt(path)
	defer f.Close()
	for _, text := range []string{"one\n", "two\n"} {
		if err := NewLines(path, []byte(text), 20); err != nil {
			t.Fatal(err)
		}
		if err := f.Add(4, []byte("more\n")); err != nil || !f.EndsAt(9) {
			t.Errorf("%v, it ends there: %v", err, f.EndsAt(9))
		}
		if lines, _, err := Lines(path); len(lines) != 2 || string(lines[0])+"\n" != text {
			t.Errorf("behind %q: %q, %v", text, lines, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Add(9, []byte("x\n")); err == nil || f.EndsAt(9) {
		t.Error("added to a file that is gone")
	}
	if err := os.Symlink(path+".else", path); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path+".else", []byte("mine"), 0o600), f.Add(0, []byte("x\n"))); err == nil {
		t.Error("a link was followed")
	}
}
