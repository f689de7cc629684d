package devices

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// handedOver is a device with a code for its icon.
func handedOver(t *testing.T, s *Store) (d Device, key, code string) {
	t.Helper()
	d, key, err := s.Pair("phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	code, _, err = s.HandOver(d.ID, key, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return d, key, code
}

// TestHandover: the icon becomes the same device, once, and also after a restart of the laptop.
func TestHandover(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	first := open(t, path)
	d, key, code := handedOver(t, first)
	s := open(t, path)
	got, gotKey, err := s.Redeem(code)
	if err != nil || got.ID != d.ID || gotKey != key {
		t.Fatalf("redeemed %+v, %v", got, err)
	}
	for _, again := range []*Store{s, open(t, path)} {
		if d, key, err := again.Redeem(code); !errors.Is(err, ErrHandoverUsed) || key != "" || d.ID != "" {
			t.Errorf("a second time: %+v %q, %v", d, key, err)
		}
	}
	if list := s.List(); len(list) != 1 {
		t.Errorf("there are %d devices", len(list))
	}
}

// TestHandoverIsGoodOnce: of twenty who show the code at once, one gets the key.
func TestHandoverIsGoodOnce(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	_, key, code := handedOver(t, s)
	var got atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			switch _, k, err := s.Redeem(code); {
			case err == nil && k == key:
				got.Add(1)
			case !errors.Is(err, ErrHandoverUsed) || k != "":
				t.Errorf("%q, %v", k, err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		t.Errorf("%d got the key", got.Load())
	}
}

// TestHandoverIsSealed: the file holds neither the code nor the key, and what was moved to another device in it
// opens nothing.
func TestHandoverIsSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	_, key, code := handedOver(t, s)
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), code) || strings.Contains(string(text), key) {
		t.Fatalf("%s, %v", text, err)
	}
	s.mu.Lock()
	list := s.disk.devices
	s.mu.Unlock()
	other := Device{ID: "00000000", Name: "other", Hash: list[0].Hash, Handovers: list[0].Handovers}
	_, err = s.edit(func([]Device) ([]Device, Device, error) { return []Device{other}, other, nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, key, err := s.Redeem(code); !errors.Is(err, ErrHandoverOver) || key != "" {
		t.Errorf("another device: %q, %v", key, err)
	}
}

// TestHandoversThatAreNotGood holds why not.
func TestHandoversThatAreNotGood(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	d, key, first := handedOver(t, s)
	for range mostHandovers {
		if _, _, err := s.HandOver(d.ID, key, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	last, _, err := s.HandOver(d.ID, key, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for name, code := range map[string]string{"pushed out by later ones": first, "guessed": "AAAAAAAAAAAAAAAAAAAAAA", "empty": "", "cut": last[:20]} {
		if _, key, err := s.Redeem(code); !errors.Is(err, ErrHandoverOver) || key != "" {
			t.Errorf("%s: %q, %v", name, key, err)
		}
	}
	if _, err := s.Remove(d.ID); err != nil {
		t.Fatal(err)
	}
	if _, key, err := s.Redeem(last); !errors.Is(err, ErrHandoverOver) || key != "" {
		t.Errorf("of a removed device: %q, %v", key, err)
	}
	if _, _, err := s.HandOver(d.ID, key, time.Hour); !errors.Is(err, ErrNotFound) {
		t.Errorf("a removed device hands over: %v", err)
	}
}

// TestHandoverEnds: it is good for as long as was said.
func TestHandoverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "devices.json"))
		d, key, err := s.Pair("phone", nil)
		if err != nil {
			t.Fatal(err)
		}
		early, _, err := s.HandOver(d.ID, key, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		late, until, err := s.HandOver(d.ID, key, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(until) - time.Second)
		if _, got, err := s.Redeem(early); err != nil || got != key {
			t.Errorf("just before its end: %q, %v", got, err)
		}
		time.Sleep(2 * time.Second)
		if _, got, err := s.Redeem(late); !errors.Is(err, ErrHandoverOver) || got != "" {
			t.Errorf("after its end: %q, %v", got, err)
		}
	})
}
