package secrets

import (
	"path/filepath"
	"testing"

	"modelbeam/app/store/faulttest"
)

// TestUnsaved: a key that cannot be saved is known all the same, and is saved with all others as soon as
// that is possible.
func TestUnsaved(t *testing.T) {
	for _, fault := range faulttest.All {
		t.Run(fault.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keys.json")
			s := &Store{path: path, ring: none{}}
			if err := s.Set("old", "1"); err != nil {
				t.Fatal(err)
			}
			lift := fault.Set(t, path)
			err := s.Set("new", "2")
			got, _ := s.Get("new")
			lift()
			if err == nil || got != "2" || !s.Unsaved() {
				t.Errorf("Set: %v; then the key is %q", err, got)
			}
			if err := s.Save(); err != nil || s.Unsaved() {
				t.Errorf("Save: %v", err)
			}
			for name, want := range map[string]string{"old": "1", "new": "2"} {
				if got, err := (&Store{path: path, ring: none{}}).Get(name); got != want || err != nil {
					t.Errorf("%s is %q, %v on the disk", name, got, err)
				}
			}
		})
	}
}
