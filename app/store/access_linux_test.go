package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
