package devices

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"modelbeam/app/store"
)

// macBy is what a phone makes with its key.
func macBy(key string, message []byte) []byte {
	h := sha256.Sum256([]byte(key))
	m := hmac.New(sha256.New, h[:])
	m.Write(message)
	return m.Sum(nil)
}

var asked, answer = []byte("a question"), []byte("an answer")

// proves reports whether s answers a phone with the key as only its laptop can.
func proves(s *Store, key string) bool {
	proof := s.Prove(asked, macBy(key, asked), answer)
	return proof != nil && bytes.Equal(proof, macBy(key, answer))
}

func TestProve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	_, phone := add(t, s, "Phone")
	_, tablet := add(t, s, "Tablet")
	_, stranger := add(t, open(t, filepath.Join(t.TempDir(), "devices.json")), "Of another laptop")
	for _, of := range []*Store{s, open(t, path)} {
		if !proves(of, phone) || !proves(of, tablet) {
			t.Error("a phone does not know its laptop")
		}
		if got := of.Prove(asked, macBy(stranger, asked), answer); got != nil {
			t.Errorf("a stranger got %x", got)
		}
	}
	if got := s.Prove(asked, macBy(phone, answer), answer); got != nil {
		t.Error("a mark of something else is taken")
	}
	if got := s.Prove(asked, nil, answer); got != nil {
		t.Error("no mark is taken")
	}
	// A device that another process adds is known at once.
	_, later := add(t, open(t, path), "Later")
	if !proves(s, later) {
		t.Error("a phone that another process added does not know its laptop")
	}
}

// TestRemovedPhonesKnowTheirLaptop: a key that is void lets nobody in, but the phone can be told so
// in a way that it can believe, whichever process removed it, and after a restart.
func TestRemovedPhonesKnowTheirLaptop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	own, ownKey := add(t, s, "Removed here")
	other, otherKey := add(t, s, "Removed by a command")
	_, guestKey, err := s.Add("A guest of long ago", &Pass{Until: time.Now().Add(-2 * guestKept)})
	if err != nil {
		t.Fatal(err)
	}
	_, unusedKey, err := s.AddUnused("Nobody's", nil, -time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(own.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, path).Remove(other.ID); err != nil {
		t.Fatal(err)
	}
	add(t, s, "Somebody new, which sweeps the list")
	for _, of := range []*Store{s, open(t, path)} {
		for _, key := range []string{ownKey, otherKey, guestKey} {
			if _, ok := of.ByKey(key); ok {
				t.Error("a void key lets somebody in")
			}
			if !proves(of, key) {
				t.Error("a removed phone does not know its laptop")
			}
		}
		if proves(of, unusedKey) {
			t.Error("a key that nobody had is remembered")
		}
	}
	for _, name := range []string{ownKey, otherKey} {
		if data, err := os.ReadFile(s.files.removed); err != nil || bytes.Contains(data, []byte(name)) {
			t.Errorf("the key itself is on the disk, or nothing is: %v", err)
		}
	}
}

// TestRemovedPhonesAreForgotten: not for ever, and not without number.
func TestRemovedPhonesAreForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	var keys []string
	for i := range removedMost + 3 {
		d, key := add(t, s, fmt.Sprint("Phone ", i))
		keys = append(keys, key)
		if _, err := s.Remove(d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.current.Load().removed); n != removedMost || proves(s, keys[2]) || !proves(s, keys[3]) {
		t.Errorf("%d are remembered", n)
	}
	list := slices.Clone(s.current.Load().removed)
	list[0].At = time.Now().Add(-removedKept - time.Hour)
	if err := store.Save(s.files.removed, list); err != nil {
		t.Fatal(err)
	}
	if fresh := open(t, path); proves(fresh, keys[3]) || !proves(fresh, keys[4]) {
		t.Error("one of long ago is remembered, or its neighbour is not")
	}
}

// TestRemovalsMakeNoSense: a file that nobody understands costs those that were removed their
// certainty, and nobody else anything.
func TestRemovalsMakeNoSense(t *testing.T) {
	for _, junk := range []string{"", "{", "7", `[{"hash":"zz"},{"hash":7}]`, `[{"id":"x","hash":"00","at":"2026-01-01T00:00:00Z"}]`} {
		path := filepath.Join(t.TempDir(), "devices.json")
		s := open(t, path)
		if err := os.WriteFile(s.files.removed, []byte(junk), 0o600); err != nil {
			t.Fatal(err)
		}
		d, key := add(t, s, "Phone")
		if !proves(s, key) {
			t.Errorf("%s: a phone does not know its laptop", junk)
		}
		if _, err := s.Remove(d.ID); err != nil {
			t.Errorf("%s: %v", junk, err)
		}
		if !proves(s, key) {
			t.Errorf("%s: a removed phone does not know its laptop", junk)
		}
	}
}
