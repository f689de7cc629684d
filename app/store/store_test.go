package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

type doc struct{ Port int }

func TestSaveThenLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "doc.json")
	if err := Save(path, doc{8717}); err != nil {
		t.Fatal(err)
	}
	var got doc
	if err := Load(path, &got, nil); err != nil || got.Port != 8717 {
		t.Fatalf("got %+v, %v", got, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
}

func TestLoadOfNothing(t *testing.T) {
	got := doc{1}
	if err := Load(filepath.Join(t.TempDir(), "none"), &got, nil); err != nil || got.Port != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestLoadSetsGarbageAside(t *testing.T) {
	refuse := func() error { return errors.New("refused") }
	for name, tt := range map[string]struct {
		content string
		check   func() error
	}{
		"not JSON":    {"\x00\xff garbage", nil},
		"empty":       {"", nil},
		"wrong shape": {`{"Port":"high"}`, nil},
		"cut off":     {`{"Port":87`, nil},
		"refused":     {`{"Port":1}`, refuse},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "doc.json")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			var broken *BrokenError
			if err := Load(path, new(doc), tt.check); !errors.As(err, &broken) {
				t.Fatalf("got %v, want a BrokenError", err)
			}
			kept, err := os.ReadFile(broken.Aside)
			if err != nil || string(kept) != tt.content {
				t.Errorf("set aside %q, %v; want the content as it was", kept, err)
			}
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the broken document is still in the way: %v", err)
			}
		})
	}
}

func TestLoadSetsAFolderAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Load(path, new(doc), nil); err == nil {
		t.Fatal("a folder was read as a document")
	}
	if err := Save(path, doc{2}); err != nil {
		t.Fatalf("the folder is still in the way: %v", err)
	}
}

func TestSaveThatFailsKeepsTheOld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.json")
	if err := Save(path, doc{1}); err != nil {
		t.Fatal(err)
	}
	// A folder under the name of the half-written file refuses the write as a full disk would.
	if err := os.Mkdir(path+".tmp", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path+".tmp", "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, doc{2}); err == nil {
		t.Fatal("want an error")
	}
	var got doc
	if err := Load(path, &got, nil); err != nil || got.Port != 1 {
		t.Fatalf("got %+v, %v; want the old document", got, err)
	}
}
