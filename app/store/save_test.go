package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestSaveKeepsLinks: people keep settings in a folder of their own and link to them.
func TestSaveKeepsLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "dotfiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	real := filepath.Join(dir, "dotfiles", "doc.json")
	for name, to := range map[string]string{
		"absolute": real,
		"relative": filepath.Join("dotfiles", "doc.json"),
		"twice":    "absolute.json",
	} {
		link := filepath.Join(dir, name+".json")
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	for port, name := range []string{"absolute", "relative", "twice"} { // at first it leads to nothing yet
		link := filepath.Join(dir, name+".json")
		if err := Save(link, doc{port + 1}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v, %v", name, info, err)
		}
		var got doc
		if err := Load(real, &got, nil); err != nil || got.Port != port+1 {
			t.Errorf("%s: what it leads to is %+v, %v", name, got, err)
		}
	}
}

// TestHalfWrittenName: what lies under the name of the half-written file is neither followed nor
// taken over.
func TestHalfWrittenName(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "diary.txt")
	for name, lay := range map[string]func(half string) error{
		"a link":         func(half string) error { return os.Symlink(victim, half) },
		"an open file":   func(half string) error { return os.WriteFile(half, []byte("x"), 0o666) },
		"the same again": func(half string) error { return os.Link(victim, half) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(victim, []byte("dear diary"), 0o644); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "doc.json")
			if err := lay(path + ".tmp"); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path+".tmp", 0o666); err != nil {
				t.Fatal(err)
			}
			if err := Save(path, doc{1}); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(victim); err != nil || string(got) != "dear diary" {
				t.Errorf("another file is now %q, %v", got, err)
			}
			if info, err := os.Lstat(path); err != nil || info.Mode() != 0o600 {
				t.Errorf("the document is %v, %v; want a file with 0600", info.Mode(), err)
			}
		})
	}
}

// TestSetAsideLeavesWhatIsNew: between a look and the renaming somebody may have mended the file.
func TestSetAsideLeavesWhatIsNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.json")
	if err := os.WriteFile(path, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	var broken *BrokenError
	if err := Read(path, new(doc), nil); !errors.As(err, &broken) {
		t.Fatalf("got %v", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "garbage" {
		t.Errorf("a look has made %q, %v of the file", content, err)
	}
	if err := Save(path, doc{1}); err != nil {
		t.Fatal(err)
	}
	if err := broken.SetAside(); err == nil || broken.Aside != "" {
		t.Errorf("set aside as %q, %v", broken.Aside, err)
	}
	var got doc
	if err := Read(path, &got, nil); err != nil || got.Port != 1 {
		t.Errorf("got %+v, %v; want the good one", got, err)
	}
}
