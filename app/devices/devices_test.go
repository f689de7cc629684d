package devices

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"modelbeam/app/store"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("DEVICES_TEST_ADD_FOREVER"); path != "" {
		addForever(path)
	}
	if path := os.Getenv("DEVICES_TEST_SPEND_FOREVER"); path != "" {
		spendForever(path, os.Getenv("DEVICES_TEST_ID"))
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func add(t *testing.T, s *Store, name string) (Device, string) {
	t.Helper()
	d, key, err := s.Add(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d, key
}

func TestAddRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	d, key := add(t, s, "Anna's iPhone")
	if got, ok := s.ByKey(key); !ok || got.ID != d.ID {
		t.Fatalf("ByKey = %+v, %v", got, ok)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), key) {
		t.Error("the key itself is on the disk")
	}
	if _, ok := open(t, path).ByKey(key); !ok {
		t.Error("the key is unknown after a restart")
	}
	if _, err := s.Remove("anna's iphone"); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.ByKey(key); ok {
		t.Error("the key of a removed device still works")
	}
	if _, err := s.Remove(d.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("second Remove: %v", err)
	}
}

func TestWrongKeys(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	_, key := add(t, s, "x")
	for _, wrong := range []string{"", "mb_", key[:len(key)-1], key + "A", strings.ToUpper(key), "ollama"} {
		if _, ok := s.ByKey(wrong); ok {
			t.Errorf("key %q is accepted", wrong)
		}
	}
}

func TestRemoveByAmbiguousName(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	a, _ := add(t, s, "Phone")
	b, _ := add(t, s, "phone")
	_, err := s.Remove("Phone")
	if err == nil || !strings.Contains(err.Error(), a.ID) || !strings.Contains(err.Error(), b.ID) {
		t.Errorf("got %v, want both IDs", err)
	}
	if len(s.List()) != 2 {
		t.Error("one was removed")
	}
}

func TestAnotherProcessEdits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	running, other := open(t, path), open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	changes := make(chan error, 10)
	var watching sync.WaitGroup
	watching.Go(func() { running.Watch(ctx, func(err error) { changes <- err }) })
	defer watching.Wait()
	defer cancel()

	d, key := add(t, other, "x")
	if _, ok := running.ByKey(key); !ok {
		t.Fatal("a key that another process added does not work at once")
	}
	if _, err := other.Remove(d.ID); err != nil {
		t.Fatal(err)
	}
	if err := <-changes; err != nil {
		t.Fatal(err)
	}
	if _, ok := running.ByKey(key); ok {
		t.Error("a key that another process removed still works")
	}
}

// TestVoidWhenRemoved removes a device by another process: from the moment that this returns nobody
// gets in with its key, though Watch has not looked yet, and it is known why.
func TestVoidWhenRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	running, other := open(t, path), open(t, path)
	_, stays := add(t, running, "stays")
	for i := range 20 {
		d, key := add(t, running, "x")
		if _, ok := running.ByKey(key); !ok || running.WasRemoved(key) {
			t.Fatalf("round %d: the key is no good", i)
		}
		if _, err := other.Remove(d.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := running.ByKey(key); ok {
			t.Fatalf("round %d: the key still works", i)
		}
		for _, s := range []*Store{running, other, open(t, path)} {
			if !s.WasRemoved(key) || s.WasRemoved(stays) || s.WasRemoved(key[:20]) || s.WasRemoved("") {
				t.Fatalf("round %d: it is not known which keys are void", i)
			}
		}
	}
	if _, ok := running.ByKey(stays); !ok {
		t.Error("another key is void too")
	}
}

func TestKeyThatWasNotUsedInTimeIsVoid(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	_, key, err := s.AddUnused("x", nil, -time.Second)
	if _, ok := s.ByKey(key); ok || err != nil || !s.WasRemoved(key) {
		t.Errorf("the key works: %v; it is known to be void: %v; %v", ok, s.WasRemoved(key), err)
	}
}

func TestEditsOfManyProcessesAreAllKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	var wg sync.WaitGroup
	for range 8 {
		s := open(t, path)
		wg.Go(func() {
			for range 5 {
				if _, _, err := s.Add("x", nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(open(t, path).List()); n != 40 {
		t.Errorf("%d devices, want 40", n)
	}
}

func TestGarbageIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	if err := os.WriteFile(path, []byte(`[{"name":"no hash"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	var broken *store.BrokenError
	if !errors.As(err, &broken) {
		t.Fatalf("got %v, want a BrokenError", err)
	}
	_, key := add(t, s, "x")
	if _, ok := s.ByKey(key); !ok {
		t.Error("the store does not work after garbage")
	}
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "devices.json")
	s := open(t, path)
	_, before := add(t, s, "before")
	if err := os.Mkdir(path+".tmp", 0o700); err != nil { // refuses the write as a full disk would
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path+".tmp", "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, key, err := s.Add("x", nil)
	if err == nil {
		t.Fatal("the person is not told")
	}
	for _, k := range []string{before, key} {
		if _, ok := s.ByKey(k); !ok {
			t.Error("a device does not work while the disk is full")
		}
	}
	if err := os.RemoveAll(path + ".tmp"); err != nil {
		t.Fatal(err)
	}
	if err := s.Saw(nil); err != nil { // any later edit saves what could not be saved before
		t.Fatal(err)
	}
	if _, ok := open(t, path).ByKey(key); !ok {
		t.Error("what could not be saved was not saved later")
	}
}

func TestSaw(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	d, _ := add(t, s, "x")
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, seen := range []time.Time{at, at.Add(-time.Hour)} { // the clock may go backwards
		if err := s.Saw(map[string]Sight{d.ID: {At: seen, Address: "192.168.1.20"}, "gone": {At: seen}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := open(t, path).List(); len(got) != 1 || !got[0].LastSeen.Equal(at) {
		t.Errorf("got %+v, want last seen %v", got, at)
	}
}

func TestRename(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "devices.json"))
	d, key := add(t, s, "x")
	if _, err := s.Rename(d.ID, "  Anna's\n iPhone "); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.ByKey(key); got.Name != "Anna's iPhone" {
		t.Errorf("name %q", got.Name)
	}
	if _, err := s.Rename("none", "y"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "Phone",
		" \t\n":                  "Phone",
		"iPhone · Safari":        "iPhone · Safari",
		"安娜的手机":                  "安娜的手机",
		"a\x00b\x1b[31mc":        "ab[31mc",
		"evil\u202egnp.exe":      "evilgnp.exe",
		"bad\xffutf8":            "badutf8",
		strings.Repeat("é", 200): strings.Repeat("é", maxName),
	} {
		if got := CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestKilledWhileSaving kills a process that adds devices as fast as it can, again and again:
// the list must always be whole, and a key that was given out must be in it.
func TestKilledWhileSaving(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	var given int
	for range 20 {
		given += killWhileAdding(t, path)
		s, err := Open(path)
		if err != nil {
			t.Fatalf("after a kill: %v", err)
		}
		if n := len(s.List()); n < given {
			t.Fatalf("%d devices on disk, %d keys given out", n, given)
		}
	}
}

// killWhileAdding lets a process add at least three devices and returns how many it told of.
func killWhileAdding(t *testing.T, path string) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DEVICES_TEST_ADD_FOREVER="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := make([]byte, 3)
	for n := 0; n < len(told); {
		k, err := out.Read(told[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += k
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return len(told)
}

// addForever is the process that gets killed: it prints one byte for every key given out.
func addForever(path string) {
	for {
		s, err := Open(path)
		if err != nil {
			os.Exit(1)
		}
		if _, _, err := s.Add("x", nil); err != nil {
			os.Exit(1)
		}
		_, _ = os.Stdout.Write([]byte{'.'})
	}
}

func TestUnusedKeyBecomesVoid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	_, void, err := s.AddUnused("RikkaHub", nil, -time.Second) // its time is over
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := s.AddUnused("Kelivo", nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.List()); n != 0 {
		t.Errorf("%d devices, before any key was used", n)
	}
	if _, ok := s.ByKey(void); ok {
		t.Error("a key works that was not used in time")
	}
	if d, ok := s.ByKey(key); !ok || d.Name != "Kelivo" {
		t.Errorf("in time: %+v, %v", d, ok)
	}
	if list := s.List(); len(list) != 1 {
		t.Errorf("once it was used: %+v", list)
	}
	if err := s.Flush(); err != nil { // as Watch does soon
		t.Error(err)
	}
	again := open(t, path).List()
	if len(again) != 1 || again[0].Name != "Kelivo" || !again[0].UnusedUntil.IsZero() {
		t.Errorf("after a restart: %+v", again)
	}
}
