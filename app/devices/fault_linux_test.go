package devices

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"modelbeam/app/store"
	"modelbeam/app/store/faulttest"
)

// TestFaultsLoseNobody lets another process edit the list, again and again, while this one cannot
// read it and phones pair, are renamed and removed all the same.
func TestFaultsLoseNobody(t *testing.T) {
	const rounds = 200
	path := filepath.Join(t.TempDir(), "devices.json")
	here, there := open(t, path), open(t, path)
	valid, void := map[string]string{}, map[string]string{}
	for round := range rounds {
		fault := faulttest.All[round%len(faulttest.All)]
		d, key := add(t, there, fmt.Sprint("there ", round))
		valid[key] = d.Name
		remove(t, there, "there", valid, void)
		lift := fault.Set(t, path)
		d, key, _ = here.Add(fmt.Sprint("here ", round), nil) // EIO cannot keep a file from being replaced
		valid[key] = d.Name
		remove(t, here, "here", valid, void)
		assertKeys(t, here, fault.Name, only(valid, "here"), void)
		lift()
		if _, err := here.edition(); err != nil {
			t.Fatalf("after %s: %v", fault.Name, err)
		}
		for _, s := range []*Store{here, there, open(t, path)} {
			assertKeys(t, s, "after "+fault.Name, valid, void)
		}
	}
	aside, err := filepath.Glob(path + ".broken*")
	if err != nil || len(aside) > 0 {
		t.Errorf("set aside: %v, %v", aside, err)
	}
}

// remove takes the oldest of the phones that paired at s off the list when there are more than
// three. The error of a list that cannot be read is another test's matter.
func remove(t *testing.T, s *Store, where string, valid, void map[string]string) {
	t.Helper()
	some := only(valid, where)
	if len(some) <= 3 {
		return
	}
	order := func(a, b string) int {
		return cmp.Or(cmp.Compare(len(some[a]), len(some[b])), cmp.Compare(some[a], some[b]))
	}
	key := slices.SortedFunc(maps.Keys(some), order)[0]
	_, _ = s.Remove(valid[key])
	clear(void) // what was void in the rounds before is known
	void[key] = valid[key]
	delete(valid, key)
}

func only(keys map[string]string, where string) map[string]string {
	some := make(map[string]string)
	for key, name := range keys {
		if name[:len(where)] == where {
			some[key] = name
		}
	}
	return some
}

func assertKeys(t *testing.T, s *Store, when string, valid, void map[string]string) {
	t.Helper()
	for key, name := range valid {
		if _, ok := s.ByKey(key); !ok {
			t.Fatalf("%s: the phone %q is out", when, name)
		}
	}
	for key, name := range void {
		if _, ok := s.ByKey(key); ok {
			t.Fatalf("%s: the phone %q was removed and is in", when, name)
		}
	}
}

// TestUnreadableAtStart: a list that cannot be read yet is not an empty one.
func TestUnreadableAtStart(t *testing.T) {
	for _, fault := range faulttest.All {
		t.Run(fault.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "devices.json")
			_, old := add(t, open(t, path), "old")
			lift := fault.Set(t, path)
			s, err := Open(path)
			lift()
			var access *store.AccessError
			if !errors.As(err, &access) {
				t.Fatalf("got %v, want an AccessError", err)
			}
			if s.Known() {
				t.Error("the store takes nothing for the whole list")
			}
			_, young := add(t, s, "young")
			assertKeys(t, s, "afterwards", map[string]string{old: "old", young: "young"}, nil)
			if !s.Known() {
				t.Error("the list was read and is not known")
			}
		})
	}
}

// TestGarbageWhileRunning: a list that somebody destroys is written again by the one who knows it.
func TestGarbageWhileRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	_, key := add(t, s, "x")
	if err := os.WriteFile(path, []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := s.edits
	now, err := s.edition()
	var broken *store.BrokenError
	if !errors.As(err, &broken) || broken.Aside == "" || now == before {
		t.Errorf("told %v as edition %d after %d", err, now, before)
	}
	if _, err := s.edition(); err != nil {
		t.Errorf("told again: %v", err)
	}
	assertKeys(t, s, "after garbage", map[string]string{key: "x"}, nil)
	assertKeys(t, open(t, path), "on the disk", map[string]string{key: "x"}, nil)
	if content, err := os.ReadFile(broken.Aside); err != nil || string(content) != "[{" {
		t.Errorf("set aside %q, %v", content, err)
	}
}
