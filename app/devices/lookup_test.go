package devices

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// A key is checked for every request: that leaves nothing for the garbage collector, and looks at the disk
// only so often.
func TestCheckingAKeyCostsNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	add(t, s, "another")
	_, key := add(t, s, "phone")
	h := sumOf(key)
	s.ByKey(key) // a look, of which the others have their part
	s.looks.mu.Lock()
	s.looks.seen = time.Now().Add(time.Hour)
	s.looks.mu.Unlock()
	if n := testing.AllocsPerRun(100, func() { s.ByKey(key); s.WasRemoved(key) }); n != 0 {
		t.Errorf("a key is checked with %v allocations", n)
	}
	if d, ok := s.current.Load().byHash(&h); !ok || d.Name != "phone" {
		t.Errorf("byHash = %+v, %v", d, ok)
	}
}

// What one look has seen is good for a moment, and no longer.
func TestLooksAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "devices.json"))
		_, key := add(t, s, "phone")
		began := func() time.Time {
			s.ByKey(key)
			s.looks.mu.Lock()
			defer s.looks.mu.Unlock()
			return s.looks.seen
		}
		first := began()
		time.Sleep(lookGood - 1)
		if again := began(); !again.Equal(first) {
			t.Error("the files were looked at again at once")
		}
		time.Sleep(time.Nanosecond)
		if again := began(); again.Equal(first) {
			t.Error("the files were not looked at again")
		}
	})
}
