package devices

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"

	"modelbeam/app/store"
	"modelbeam/cmd/e2e/await"
)

// slowDisk lets the writes of a Store hang, as a disk does that is busy with something else.
type slowDisk struct {
	reached chan string // gets the name of each file that is to be written
	freed   chan struct{}
	free    func()
}

// slowDown has the next writes of s wait until free is called.
func slowDown(t *testing.T, s *Store) *slowDisk {
	t.Helper()
	d := &slowDisk{reached: make(chan string, 1000), freed: make(chan struct{})}
	d.free = sync.OnceFunc(func() { close(d.freed) })
	t.Cleanup(d.free)
	wait := func(path string) {
		d.reached <- filepath.Base(path)
		<-d.freed
	}
	s.files.save = func(path string, v any) error { wait(path); return store.Save(path, v) }
	s.files.begin = func(path string, lines []byte, room int) error { wait(path); return store.NewLines(path, lines, room) }
	s.files.add = func(end int64, lines []byte) error { wait(s.files.tally); return s.files.lines.Add(end, lines) }
	return d
}

// written are the files that were written since, in order.
func (d *slowDisk) written() (names []string) {
	for {
		select {
		case name := <-d.reached:
			names = append(names, name)
		default:
			return names
		}
	}
}

// household is a list with one of each.
type household struct {
	*Store
	path                             string
	phone, guest, spent              Device
	phoneKey, guestKey, gone, unused string
}

func newHousehold(t *testing.T) *household {
	t.Helper()
	path := filepath.Join(t.TempDir(), "devices.json")
	h := &household{Store: open(t, path), path: path}
	var err error
	h.phone, h.phoneKey = add(t, h.Store, "phone")
	if h.guest, h.guestKey, err = h.Add("guest", &Pass{Requests: 100}); err != nil {
		t.Fatal(err)
	}
	if h.spent, _, err = h.Add("guest who has none left", &Pass{Requests: 1, Used: 1}); err != nil {
		t.Fatal(err)
	}
	if _, h.unused, err = h.AddUnused("app", nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	var removed Device
	removed, h.gone = add(t, h.Store, "removed")
	if _, err := h.Remove(removed.ID); err != nil {
		t.Fatal(err)
	}
	return h
}

// assertReadable asks all that a request or a screen asks. A test that hangs here has found who waits
// for the disk.
func (h *household) assertReadable(t *testing.T) {
	t.Helper()
	if d, ok := h.ByKey(h.phoneKey); !ok || d.ID != h.phone.ID {
		t.Errorf("the phone is %+v, %v", d, ok)
	}
	if _, ok := h.ByKey(h.gone); ok || !h.WasRemoved(h.gone) || h.WasRemoved(h.phoneKey) {
		t.Error("it is not known which keys are void")
	}
	if !proves(h.Store, h.phoneKey) || !proves(h.Store, h.gone) || !h.Known() {
		t.Error("phones do not know their laptop")
	}
	if ok, err := h.Spend(h.spent.ID, 1); ok || err != nil {
		t.Errorf("a guest who has none left: %v, %v", ok, err)
	}
	if ok, err := h.Spend(h.phone.ID, 1); !ok || err != nil {
		t.Errorf("a phone: %v, %v", ok, err)
	}
	if err := h.Refund(h.guest.ID, 1); err != nil {
		t.Error(err)
	}
	if d, ok := h.ByKey(h.unused); !ok || !d.UnusedUntil.IsZero() {
		t.Errorf("an app that uses its key for the first time is %+v, %v", d, ok)
	}
	if list := h.List(); len(list) != 4 {
		t.Errorf("the list is %+v", list)
	}
}

// TestReadersWaitForNoWrite has the disk hang in the middle of each way to write.
func TestReadersWaitForNoWrite(t *testing.T) {
	for name, write := range map[string]func(*household) error{
		"a guest's request": func(h *household) error { _, err := h.Spend(h.guest.ID, 1); return err },
		"a name":            func(h *household) error { _, err := h.Rename(h.phone.ID, "x"); return err },
		"a new phone":       func(h *household) error { _, _, err := h.Pair("x", nil); return err },
		"who was seen": func(h *household) error {
			return h.Saw(map[string]Sight{h.phone.ID: {At: time.Now()}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHousehold(t)
			disk := slowDown(t, h.Store)
			ended := make(chan error)
			go func() { ended <- write(h) }()
			<-disk.reached
			h.assertReadable(t)
			disk.free()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := h.Flush(); err != nil {
				t.Error(err)
			}
			if list := open(t, h.path).List(); len(list) < 4 {
				t.Errorf("on the disk: %+v", list)
			}
		})
	}
}

// TestReadersWaitForNoOtherProcess has another one edit the list for ever.
func TestReadersWaitForNoOtherProcess(t *testing.T) {
	h := newHousehold(t)
	other := flock.New(h.path + ".lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := h.Spend(h.guest.ID, 1)
		ended <- err
	}()
	await.True(t, "the request is counted in memory", func() bool { return h.List()[1].Pass.Used == 1 })
	h.assertReadable(t)
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	<-ended
}

// TestReadersWaitForNoLook has a look at the files hang, as one at a network's disk may: whoever checks a
// key gives up at first, and does not even wait then until looks are quick again.
func TestReadersWaitForNoLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		_, key := add(t, s, "phone")
		began := time.Now()
		check := func(what string, want time.Duration) {
			t.Helper()
			if _, ok := s.ByKey(key); !ok || time.Since(began) != want {
				t.Errorf("%s: the key is good: %v, after %s of %s", what, ok, time.Since(began), want)
			}
		}
		freed := make(chan struct{})
		hung, _ := s.looks.ask(func() { <-freed })
		check("at first", lookPatience)
		check("then", lookPatience)
		close(freed)
		<-hung
		check("when it answers", lookPatience)
		d, other := add(t, open(t, path), "of another process")
		if _, ok := s.ByKey(other); !ok {
			t.Error("looks are quick again and nobody waits for them")
		}
		if _, err := open(t, path).Remove(d.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.ByKey(other); ok {
			t.Error("the key of a removed device still works")
		}
	})
}

// TestSpendsShareAWrite has many guests ask while the disk is busy: the next write counts all of them.
func TestSpendsShareAWrite(t *testing.T) {
	h := newHousehold(t)
	disk := slowDown(t, h.Store)
	var guests sync.WaitGroup
	spend := func(n int) {
		guests.Go(func() {
			if ok, err := h.Spend(h.guest.ID, n); !ok || err != nil {
				t.Errorf("%v, %v", ok, err)
			}
		})
	}
	spend(1)
	<-disk.reached
	for range 30 {
		spend(2)
	}
	await.True(t, "all of them are counted in memory", func() bool { return h.List()[1].Pass.Used == 61 })
	if ok, err := h.Spend(h.guest.ID, 40); ok || err != nil {
		t.Errorf("more than are left, with those that are not on the disk yet: %v, %v", ok, err)
	}
	disk.free()
	guests.Wait()
	if names := disk.written(); len(names) != 1 || names[0] != "devices-tally.jsonl" {
		t.Errorf("written: %q, want the tally once more", names)
	}
	if used := open(t, h.path).List()[1].Pass.Used; used != 61 {
		t.Errorf("on the disk: %d, want 61", used)
	}
}

// TestSpendIsOnTheDiskBeforeItReturns, and not only on its way there.
func TestSpendIsOnTheDiskBeforeItReturns(t *testing.T) {
	h := newHousehold(t)
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			for range 20 {
				ok, err := h.Spend(h.guest.ID, 1)
				if !ok || err != nil {
					t.Errorf("%v, %v", ok, err)
				}
			}
		})
	}
	told := 0
	for range 20 {
		if ok, err := h.Spend(h.guest.ID, 1); !ok || err != nil {
			t.Fatalf("%v, %v", ok, err)
		}
		told++
		if used := open(t, h.path).List()[1].Pass.Used; used < told {
			t.Fatalf("%d requests went on, and %d are on the disk", told, used)
		}
	}
	others.Wait()
}

// TestRefusedWritesNothing: neither a guest who has none left nor what changes nothing.
func TestRefusedWritesNothing(t *testing.T) {
	h := newHousehold(t)
	disk := slowDown(t, h.Store)
	disk.free()
	for range 3 {
		_, _ = h.Spend(h.spent.ID, 1)
		_, _ = h.Spend(h.guest.ID, 101)
		_, _ = h.Spend("nobody", 1)
		_, _ = h.Remove("nobody")
		_ = h.Refund(h.guest.ID, 1) // of which none was spent
		_ = h.Saw(map[string]Sight{"nobody": {At: time.Now()}})
		_ = h.Flush()
	}
	if names := disk.written(); len(names) > 0 {
		t.Errorf("written: %q", names)
	}
}

// TestWatchWritesWhatNobodyWaitsFor: what is given back, and the first use of an app's key.
func TestWatchWritesWhatNobodyWaitsFor(t *testing.T) {
	h := newHousehold(t)
	if ok, err := h.Spend(h.guest.ID, 3); !ok || err != nil {
		t.Fatal(ok, err)
	}
	var watching sync.WaitGroup
	watching.Go(func() { h.Watch(t.Context(), func(error) {}) })
	_ = h.Refund(h.guest.ID, 2)
	_, _ = h.ByKey(h.unused)
	await.True(t, "it is on the disk", func() bool {
		list := open(t, h.path).List()
		return len(list) == 4 && list[1].Pass.Used == 1
	})
}

// TestManyAtOnce lets phones ask, guests spend, and two processes add, rename and remove, all
// at once: nobody is let in whom a process was told to be removed, and nothing gets lost.
func TestManyAtOnce(t *testing.T) {
	h := newHousehold(t)
	other := open(t, h.path)
	stop := make(chan struct{})
	var background, workers sync.WaitGroup
	background.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, ok := h.ByKey(h.phoneKey); !ok {
				t.Error("the phone is out")
				return
			}
			_, _ = h.Spend(h.guest.ID, 1)
			_ = h.Refund(h.guest.ID, 1)
			h.WasRemoved(h.gone)
			h.List()
		}
	})
	for i, s := range []*Store{h.Store, other, h.Store} {
		workers.Go(func() {
			for n := range 15 {
				d, key := add(t, s, fmt.Sprint(i, " ", n))
				if _, ok := h.ByKey(key); !ok {
					t.Errorf("%d: a key that was just made is no good", i)
				}
				if _, err := s.Rename(d.ID, "renamed"); err != nil {
					t.Errorf("%d: %v", i, err)
				}
				if _, err := s.Remove(d.ID); err != nil {
					t.Errorf("%d: %v", i, err)
				}
				if _, ok := h.ByKey(key); ok || !h.WasRemoved(key) {
					t.Errorf("%d: a removed device is let in, or not known as removed", i)
				}
			}
		})
	}
	workers.Wait()
	close(stop)
	background.Wait()
	if err := h.Flush(); err != nil {
		t.Error(err)
	}
	if list := open(t, h.path).List(); len(list) != 3 || list[1].Pass.Used > 1 {
		t.Errorf("on the disk: %+v", list)
	}
}

// TestGarbageHidesNobody: not even in the moment between setting garbage aside and writing the list again.
func TestGarbageHidesNobody(t *testing.T) {
	h := newHousehold(t)
	stop := make(chan struct{})
	var phone sync.WaitGroup
	phone.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, ok := h.ByKey(h.phoneKey); !ok {
				t.Error("the phone is out")
				return
			}
		}
	})
	for range 30 {
		if err := os.WriteFile(h.path, []byte("[{"), 0o600); err != nil {
			t.Fatal(err)
		}
		for { // until nothing is wrong any more
			h.look()
			if err := h.Flush(); err != nil {
				t.Fatal(err)
			}
			if _, err := h.latest(); err == nil {
				break
			}
		}
	}
	close(stop)
	phone.Wait()
	if list := open(t, h.path).List(); len(list) != 3 {
		t.Errorf("on the disk: %+v", list)
	}
}

// TestOthersGetTheirTurn has guests ask without a pause while each write takes two seconds: a command that
// edits the list gets its turn all the same.
func TestOthersGetTheirTurn(t *testing.T) {
	h := newHousehold(t)
	synctest.Test(t, func(t *testing.T) {
		s, other := open(t, h.path), open(t, h.path)
		s.files.save = func(path string, v any) error { time.Sleep(2 * time.Second); return store.Save(path, v) }
		s.files.add = func(end int64, lines []byte) error { time.Sleep(2 * time.Second); return s.files.lines.Add(end, lines) }
		ctx, cancel := context.WithCancel(t.Context())
		var guests sync.WaitGroup
		for range 3 {
			guests.Go(func() {
				for ctx.Err() == nil {
					if ok, err := s.Spend(h.guest.ID, 1); !ok || err != nil {
						t.Errorf("%v, %v", ok, err)
					}
				}
			})
		}
		time.Sleep(time.Second)
		for i := range 3 {
			if _, err := other.Rename(h.phone.ID, fmt.Sprint("renamed ", i)); err != nil {
				t.Error(err)
			}
		}
		cancel()
		guests.Wait()
	})
}

// TestOthersMayTryLate has a process on a busy machine try to get the lock as seldom as that lets it, while this one edits
// the files all the time on a slow disk.
func TestOthersMayTryLate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	synctest.Test(t, func(t *testing.T) {
		ours, late := lockBeside(path), store.LockAt(path+".lock")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			for ctx.Err() == nil {
				release, err := ours.take()
				if err != nil {
					ended <- err
					return
				}
				time.Sleep(4 * time.Second)
				release()
			}
			ended <- nil
		}()
		began, free := time.Now(), false
		time.Sleep(10 * lockEvery) // never just when it becomes free
		for ; !free && time.Since(began) < lockPatience; time.Sleep(20 * lockEvery) {
			var err error
			if free, err = late.Try(); err != nil {
				t.Fatal(err)
			}
		}
		if !free {
			t.Errorf("in %s there was no turn", lockPatience)
		}
		late.Release()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestFold leaves a list that says all by itself.
func TestFold(t *testing.T) {
	s, path, d := newGuest(t)
	for range 2 { // the second time there is nothing but what was given back
		if err := s.Fold(); err != nil {
			t.Fatal(err)
		}
		if statOf(s.files.tally) != nil {
			t.Error("there is a tally")
		}
		_ = s.Refund(d.ID, 1)
	}
	if err := s.Fold(); err != nil {
		t.Fatal(err)
	}
	if got := guestOf(t, path); got.Pass.Used != 1 || statOf(s.files.tally) != nil {
		t.Errorf("used: %d, want 1, and no tally", got.Pass.Used)
	}
}
