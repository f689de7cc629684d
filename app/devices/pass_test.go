package devices

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestInvitation(t *testing.T) {
	evening := time.Date(2026, 11, 21, 22, 30, 0, 0, time.Local)
	for name, c := range map[string]struct {
		Invitation
		want time.Time
	}{
		"for an hour":            {Invitation{For: time.Hour}, evening.Add(time.Hour)},
		"tonight":                {Invitation{Tonight: true}, evening.Add(90 * time.Minute)},
		"tonight, an hour":       {Invitation{Tonight: true, For: time.Hour}, evening.Add(time.Hour)},
		"tonight, three hours":   {Invitation{Tonight: true, For: 3 * time.Hour}, evening.Add(90 * time.Minute)},
		"for good, ten requests": {Invitation{Requests: 10}, time.Time{}},
	} {
		if got := c.Pass(evening); !got.Until.Equal(c.want) || got.Requests != c.Requests {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := (Invitation{}).Pass(evening); got != nil {
		t.Errorf("an invitation to everything has the pass %+v", got)
	}
}

// TestTonightEndsAtMidnight also on the days on which the clocks change.
func TestTonightEndsAtMidnight(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for _, day := range []int{25, 26} { // summer time ends on 2026-10-25
		now := time.Date(2026, 10, day, 1, 0, 0, 0, berlin)
		if got, want := midnight(now).In(berlin).Format("2 15:04"), time.Date(2026, 10, day+1, 0, 0, 0, 0, berlin).Format("2 15:04"); got != want {
			t.Errorf("the night of the %d: %s", day, got)
		}
	}
}

func TestSpend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	d, key, err := s.Add("guest", &Pass{Requests: 20})
	if err != nil {
		t.Fatal(err)
	}
	var spent atomic.Int32
	var phones sync.WaitGroup
	for range 4 {
		phones.Go(func() {
			for range 10 {
				ok, err := s.Spend(d.ID, 1)
				if err != nil {
					t.Error(err)
				}
				if ok {
					spent.Add(1)
				}
			}
		})
	}
	phones.Wait()
	if spent.Load() != 20 {
		t.Errorf("%d requests of 20", spent.Load())
	}
	again := open(t, path)
	if ok, err := again.Spend(d.ID, 1); ok || err != nil {
		t.Errorf("after a restart: %v, %v", ok, err)
	}
	if got, ok := again.ByKey(key); !ok || got.Pass.Used != 20 {
		t.Errorf("after a restart: %+v, %v", got.Pass, ok)
	}
	if ok, _ := s.Spend("nobody", 1); ok {
		t.Error("somebody unknown could spend")
	}
}

func TestSpendWithAFullDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "devices.json"))
	d, _, err := s.Add("guest", &Pass{Requests: 1})
	if err != nil {
		t.Fatal(err)
	}
	// Folders in the place of what is written: nothing can be saved any more.
	for _, name := range []string{"devices.json.tmp", "devices-tally.jsonl"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "full"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	ok, err := s.Spend(d.ID, 1)
	if !ok {
		t.Error("the request that is left is refused")
	}
	if err == nil {
		t.Error("nobody is told that it was not saved")
	}
	if ok, _ := s.Spend(d.ID, 1); ok {
		t.Error("a full disk gives requests away")
	}
}

func TestRenewKeepsTheKey(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	d, key, err := s.Pair("iPhone", &Pass{Requests: 1, Used: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Renew(d.ID, nil); err != nil {
		t.Fatal(err)
	}
	got, ok := s.ByKey(key)
	if !ok || got.ID != d.ID || got.Pass != nil || len(s.List()) != 1 {
		t.Errorf("renewed: %+v, %v, %d devices", got, ok, len(s.List()))
	}
}

func TestEqualPhonesGetNumbers(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	for _, want := range []string{"iPhone · Safari", "iPhone · Safari 2", "iPhone · Safari 3"} {
		d, _, err := s.Pair("iPhone · Safari", nil)
		if err != nil || d.Name != want {
			t.Errorf("%q, %v, want %q", d.Name, err, want)
		}
	}
}

func TestGuestsOfLongAgoLeave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		_, key, err := s.Add("guest", &Pass{Until: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		if _, ok := s.ByKey(key); !ok || len(s.List()) != 1 {
			t.Error("the guest is forgotten at once; who was here?")
		}
		time.Sleep(guestKept)
		if _, ok := s.ByKey(key); ok || len(s.List()) != 0 {
			t.Error("the guest is still in the list a day later")
		}
		if _, _, err := s.Add("next", nil); err != nil {
			t.Fatal(err)
		}
		if n := len(open(t, path).current.Load().devices); n != 1 {
			t.Errorf("on the disk: %d devices", n)
		}
	})
}

func TestSpendSeveralAndRefund(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	d, key, err := s.Add("guest", &Pass{Requests: 10})
	if err != nil {
		t.Fatal(err)
	}
	used := func(want int) {
		t.Helper()
		for name, store := range map[string]*Store{"here": s, "after a restart": open(t, path)} {
			if got, ok := store.ByKey(key); !ok || got.Pass.Used != want {
				t.Errorf("%s: %+v, want %d used", name, got.Pass, want)
			}
		}
	}
	if ok, err := s.Spend(d.ID, 7); !ok || err != nil {
		t.Errorf("7 of 10: %v, %v", ok, err)
	}
	used(7)
	if ok, err := s.Spend(d.ID, 4); ok || err != nil {
		t.Errorf("4 of 3: %v, %v", ok, err)
	}
	used(7)
	for range 2 { // there is nothing to give back the second time
		if err := s.Refund(d.ID, 7); err != nil {
			t.Error(err)
		}
		if err := s.Flush(); err != nil { // as Watch does soon
			t.Error(err)
		}
		used(0)
	}
	owner, _, err := s.Add("owner", nil)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Spend(owner.ID, 1000); !ok || err != nil {
		t.Errorf("without a pass: %v, %v", ok, err)
	}
	if err := s.Refund(owner.ID, 1); err != nil {
		t.Errorf("without a pass: %v", err)
	}
	if err := s.Refund("nobody", 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// A guest who has none left, and a device that needs none, cost no write.
func TestSpendWritesOnlyWhatChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	guest, _, err := s.Add("guest", &Pass{Requests: 1, Used: 1})
	if err != nil {
		t.Fatal(err)
	}
	owner, _, err := s.Add("owner", nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if ok, err := s.Spend(guest.ID, 1); ok || err != nil {
			t.Errorf("spent: %v, %v", ok, err)
		}
		if ok, err := s.Spend(owner.ID, 1); !ok || err != nil {
			t.Errorf("refused: %v, %v", ok, err)
		}
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("the list was written: %v", err)
	}
}
