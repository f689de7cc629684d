package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"modelbeam/app/store/faulttest"
)

// TestUnreadableIsNotBroken: what cannot be read for a moment may be as good as ever.
func TestUnreadableIsNotBroken(t *testing.T) {
	for _, fault := range faulttest.All {
		t.Run(fault.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "doc.json")
			if err := Save(path, doc{8717}); err != nil {
				t.Fatal(err)
			}
			lift := fault.Set(t, path)
			err := Load(path, new(doc), nil)
			lift()
			var access *AccessError
			if !errors.As(err, &access) || !errors.Is(err, fault.Err) {
				t.Errorf("got %v, want an AccessError because of %v", err, fault.Err)
			}
			var got doc
			if err := Load(path, &got, nil); err != nil || got.Port != 8717 {
				t.Errorf("afterwards: %+v, %v", got, err)
			}
		})
	}
}

// TestFilesOfRoot: what root does in somebody's folder stays that somebody's.
func TestFilesOfRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	const person = 54321
	dir := t.TempDir()
	if err := os.Chown(dir, person, person); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "new", "doc.json")
	if err := Save(path, doc{1}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Dir(path)} {
		if uid, gid, err := ownerOf(p); err != nil || uid != person || gid != person {
			t.Errorf("%s belongs to %d:%d, %v", p, uid, gid, err)
		}
	}
	err := &AccessError{Path: path, Owner: stranger(path), Err: os.ErrPermission}
	if !strings.Contains(err.Error(), "belongs to the user 54321") {
		t.Errorf("the error does not name the owner: %v", err)
	}
}

// TestWhoIsInTheWay: the error of what may not be read or written names the nearest thing that belongs to
// somebody else.
func TestWhoIsInTheWay(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	const other = 54321
	for name, tt := range map[string]struct {
		mode  os.FileMode // of the folder
		owned string      // what belongs to the other: the folder, or one above
	}{
		"a folder that nobody may look into": {0o700, "home/modelbeam"},
		"one above it":                       {0o700, "home"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "store") // t.TempDir is for its owner alone
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			path, owned := filepath.Join(dir, "home", "modelbeam", "doc.json"), filepath.Join(dir, tt.owned)
			if err := errors.Join(Save(path, doc{1}), os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(filepath.Dir(path)), 0o755),
				os.Chown(owned, other, other), os.Chmod(owned, tt.mode)); err != nil {
				t.Fatal(err)
			}
			asNobody(t)
			for what, err := range map[string]error{"read": Read(path, new(doc), nil), "write": Save(path, doc{2})} {
				var access *AccessError
				if !errors.As(err, &access) || access.Path != owned || access.Owner != "54321" {
					t.Errorf("%s: %v, want %s of 54321 to be named", what, err, owned)
				}
			}
		})
	}
}

// asNobody makes this goroutine's thread nobody to the file system (setfsuid(2)) until the test ends.
func asNobody(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	_ = unix.Setfsuid(65534)
	t.Cleanup(func() {
		_ = unix.Setfsuid(0)
		runtime.UnlockOSThread()
	})
}

// TestNewFolderInAnothers: where a folder cannot be made, the one that it should be in is named.
func TestNewFolderInAnothers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := errors.Join(os.Chown(dir, 54321, 54321), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	asNobody(t)
	for _, path := range []string{"new", filepath.Join(dir, "new")} {
		var access *AccessError
		if err := MakeFolder(path); !errors.As(err, &access) || access.Path != dir {
			t.Errorf("%s: %v, want %s to be named", path, err, dir)
		}
	}
}
