package devices

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
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
		if _, err := tick(here); err != nil {
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
	before := s.edition
	now, err := tick(s)
	var broken *store.BrokenError
	if !errors.As(err, &broken) || broken.Aside == "" || now == before {
		t.Errorf("told %v as edition %d after %d", err, now, before)
	}
	if _, err := tick(s); err != nil {
		t.Errorf("told again: %v", err)
	}
	assertKeys(t, s, "after garbage", map[string]string{key: "x"}, nil)
	assertKeys(t, open(t, path), "on the disk", map[string]string{key: "x"}, nil)
	if content, err := os.ReadFile(broken.Aside); err != nil || string(content) != "[{" {
		t.Errorf("set aside %q, %v", content, err)
	}
}

// TestUnsavedIsAppliedAgain lets another goroutine read a newer list, again and again, while phones are
// edited that cannot be saved: what an edit returns is its own.
func TestUnsavedIsAppliedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	d, _ := add(t, s, "phone")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path+".tmp", "x"), 0o700); err != nil { // nothing can be saved
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for done := false; !done; {
			select {
			case <-stop:
				done = true
			default:
			}
			if err := os.WriteFile(path, good, 0o600); err != nil {
				t.Error(err)
			}
			_, _ = tick(s)
		}
	})
	for i := range 50 {
		name := fmt.Sprint("phone ", i)
		if renamed, err := s.Rename(d.ID, name); err == nil || renamed.Name != name || renamed.ID != d.ID {
			t.Errorf("renamed to %q: %v, %v", name, renamed, err)
		}
		if added, _, err := s.Pair("tablet", nil); err == nil || added.ID == "" {
			t.Errorf("paired %v, %v", added, err)
		}
	}
	close(stop)
	reader.Wait()
}

// TestGarbageOnAFullDisk: a list that was destroyed while nothing can be written is not an empty one, for
// as long as that lasts.
func TestGarbageOnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	_, old := add(t, s, "old")
	full := path + ".tmp"
	if err := errors.Join(os.WriteFile(path, []byte("[{"), 0o600), os.MkdirAll(filepath.Join(full, "x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, _ = tick(s)
	}
	_, young, err := s.Add("young", nil)
	if err == nil {
		t.Fatal("it was saved")
	}
	_, _ = tick(s)
	all := map[string]string{old: "old", young: "young"}
	assertKeys(t, s, "while nothing can be written", all, nil)
	if err := os.RemoveAll(full); err != nil {
		t.Fatal(err)
	}
	if _, err := tick(s); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	assertKeys(t, s, "when there is room again", all, nil)
	assertKeys(t, open(t, path), "on the disk", all, nil)
	if n := len(s.List()); n != 2 {
		t.Errorf("%d devices, want 2", n)
	}
}

// tick is what Watch does twice a second.
func tick(s *Store) (int, error) {
	s.look()
	_ = s.Flush()
	return s.latest()
}
