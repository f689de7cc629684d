package settings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"modelbeam/app/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string, save func(string, any) error) *Store {
	t.Helper()
	s, err := Open(dir, save)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRemembered(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, store.Save)
	s.Change(func(s *Settings) { s.Port = 9999 })
	if _, err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	if again := open(t, dir, store.Save); again.Get().Port != 9999 || !reflect.DeepEqual(again.Get(), s.Get()) {
		t.Errorf("got %+v; want %+v", again.Get(), s.Get())
	}
}

// TestHandedOutIsNotChanged: an edit in place must not reach whoever holds older settings.
func TestHandedOutIsNotChanged(t *testing.T) {
	s := open(t, t.TempDir(), store.Save)
	s.Change(func(s *Settings) {
		*s = Settings{
			ID: s.ID, Origins: []string{"a"}, Servers: []Server{{URL: "http://a"}}, ServerIDs: map[string]string{"a": "a"},
			Order: []string{"a"}, Hidden: []string{"a"}, Shared: []string{"a"},
		}
	})
	before := s.Get()
	s.Change(func(s *Settings) {
		s.Origins[0], s.Servers[0].URL, s.ServerIDs["a"], s.Order[0], s.Hidden[0], s.Shared[0] = "b", "b", "b", "b", "b", "b"
	})
	for name, got := range map[string]string{
		"Origins": before.Origins[0], "Servers": before.Servers[0].URL, "ServerIDs": before.ServerIDs["a"],
		"Order": before.Order[0], "Hidden": before.Hidden[0], "Shared": before.Shared[0],
	} {
		if got != "a" && got != "http://a" {
			t.Errorf("%s of before is %q now", name, got)
		}
	}
}

// TestTooManyIDs: what is remembered of servers that never come back has a bound.
func TestTooManyIDs(t *testing.T) {
	for n, want := range map[int]int{maxServerIDs: maxServerIDs, maxServerIDs + 1: 0} {
		dir := t.TempDir()
		ids := make(map[string]string)
		for i := range n {
			ids[fmt.Sprintf("http://127.0.0.1:%d", i+1)] = fmt.Sprint("vllm-", i)
		}
		if err := store.Save(Path(dir), Settings{ID: "0badcafe", ServerIDs: ids}); err != nil {
			t.Fatal(err)
		}
		if got := open(t, dir, store.Save).Get(); len(got.ServerIDs) != want || got.ID != "0badcafe" {
			t.Errorf("of %d IDs %d are remembered, want %d", n, len(got.ServerIDs), want)
		}
	}
}

func TestNoSettings(t *testing.T) {
	for _, content := range []string{
		`{"id":"x"}`, `{"port":-1}`, `{"port":65536}`, `{"servers":[{"url":"ftp://x"}]}`, `{"id":7}`, "{gar\x00bage",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(Path(dir), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, store.Save)
		var broken *store.BrokenError
		got := s.Get()
		if !errors.As(err, &broken) || broken.Aside == "" || s.Failing() {
			t.Errorf("%s: %v", content, err)
		}
		if id := got.ID; !isID(id) || !reflect.DeepEqual(got, Settings{ID: id}) {
			t.Errorf("%s: %+v", content, got)
		}
	}
}

func TestParseServerURL(t *testing.T) {
	for typed, want := range map[string]string{
		"192.168.1.30:11434":            "http://192.168.1.30:11434",
		" http://box.local:8080/v1/ ":   "http://box.local:8080/v1",
		"https://a.example/api?key=x#y": "https://a.example/api",
		"http://user:secret@box:1":      "http://box:1",
		"":                              "", "ftp://x": "", "http://": "", "http://:80": "", "http://a b": "",
	} {
		got := ""
		if u, err := ParseServerURL(typed); err == nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// disk is one that can hang and fail, and holds what was written last.
type disk struct {
	hang chan struct{} // while it is open, writes hang

	mu     sync.Mutex
	fails  error
	holds  Settings
	writes int
}

func (d *disk) save(_ string, v any) error {
	<-d.hang
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes++
	if d.fails == nil {
		d.holds = v.(Settings)
	}
	return d.fails
}

// state is how often was written, and what last.
func (d *disk) state() (writes int, holds Settings) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writes, d.holds
}

// run runs s until the test ends or stop is called, and notes what it tells.
func run(s *Store, told func(bool, error)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx, told) })
	return func() {
		cancel()
		running.Wait()
	}
}

// TestNobodyWaitsForTheDisk changes settings 1,000 times while the disk hangs.
func TestNobodyWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{hang: make(chan struct{})}
		s := open(t, t.TempDir(), d.save)
		stop := run(s, func(bool, error) {})
		s.Change(func(s *Settings) { s.Name = "first" })
		time.Sleep(time.Second) // it hangs now
		synctest.Wait()
		for i := range 1000 {
			s.Change(func(s *Settings) { s.Hidden = append(s.Hidden, fmt.Sprint(i)) })
		}
		if got := s.Get(); len(got.Hidden) != 1000 || s.Failing() || s.Unread() {
			t.Errorf("%d of 1000 changes are seen", len(got.Hidden))
		}
		close(d.hang)
		time.Sleep(time.Second)
		synctest.Wait()
		if writes, holds := d.state(); len(holds.Hidden) != 1000 || writes != 2 {
			t.Errorf("%d of 1000 changes are on the disk after %d writes, want 2", len(holds.Hidden), writes)
		}
		stop()
		if writes, _ := d.state(); writes != 2 {
			t.Error("what was on the disk was written again")
		}
	})
}

func TestEditsCloseTogetherAreWrittenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{hang: make(chan struct{})}
		close(d.hang)
		s := open(t, t.TempDir(), d.save)
		stop := run(s, func(bool, error) {})
		for i := range 5 {
			s.Change(func(s *Settings) { s.Port = i })
			time.Sleep(gatherTime / 10)
			synctest.Wait()
		}
		if writes, holds := d.state(); writes != 1 || holds.Port != 0 {
			t.Errorf("the first: %d writes, port %d", writes, holds.Port)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if writes, holds := d.state(); writes != 2 || holds.Port != 4 {
			t.Errorf("%d writes, port %d", writes, holds.Port)
		}
		s.Change(func(s *Settings) { s.Port = 7 })
		stop()
		if writes, holds := d.state(); writes != 3 || holds.Port != 7 {
			t.Errorf("at the end: %d writes, port %d", writes, holds.Port)
		}
	})
}

// TestLastChangeIsWritten: nothing that was changed before the end is left in memory.
func TestLastChangeIsWritten(t *testing.T) {
	d := &disk{hang: make(chan struct{})}
	close(d.hang)
	s := open(t, t.TempDir(), d.save)
	s.Change(func(s *Settings) { s.Port = 7 })
	<-s.wake // as if Run were busy
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.Run(ctx, func(_ bool, err error) {
		if err != nil {
			t.Error(err)
		}
	})
	if writes, holds := d.state(); writes != 1 || holds.Port != 7 {
		t.Errorf("%d writes, port %d", writes, holds.Port)
	}
}

// TestUnreadIsReadFirst: what was changed while the file could not be read is done to what it holds.
func TestUnreadIsReadFirst(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(Path(dir), Path(dir)); err != nil { // a link to itself can be neither read nor replaced
		t.Skip(err)
	}
	s, err := Open(dir, store.Save)
	var denied *store.AccessError
	if !errors.As(err, &denied) || !s.Unread() || !s.Failing() {
		t.Fatalf("opened with %v", err)
	}
	s.Change(func(s *Settings) { s.Port = 7 })
	if readNow, err := s.Flush(); readNow || err == nil {
		t.Errorf("read %v, %v, while it cannot be", readNow, err)
	}
	if err := os.Remove(Path(dir)); err != nil {
		t.Fatal(err)
	}
	if err := store.Save(Path(dir), Settings{ID: "0badcafe", Name: "Anna's laptop"}); err != nil {
		t.Fatal(err)
	}
	readNow, err := s.Flush()
	want := Settings{ID: "0badcafe", Name: "Anna's laptop", Port: 7}
	if !readNow || err != nil || s.Failing() || !reflect.DeepEqual(s.Get(), want) {
		t.Errorf("read %v, %v: %+v", readNow, err, s.Get())
	}
	if got := open(t, dir, store.Save).Get(); !reflect.DeepEqual(got, want) {
		t.Errorf("on the disk is %+v", got)
	}
	if again, err := s.Flush(); again || err != nil {
		t.Errorf("once more: %v, %v", again, err)
	}
}

// TestFailingIsTriedAgain: by itself, or sooner when somebody says so.
func TestFailingIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		d := &disk{hang: make(chan struct{}), fails: full}
		close(d.hang)
		s := open(t, t.TempDir(), d.save)
		var told []error
		defer run(s, func(_ bool, err error) { told = append(told, err) })()
		s.Change(func(s *Settings) { s.Port = 1 })
		time.Sleep(time.Second)
		s.Retry()
		time.Sleep(time.Second)
		synctest.Wait()
		if len(told) != 2 || !errors.Is(told[1], full) || !s.Failing() {
			t.Errorf("told %v", told)
		}
		d.mu.Lock()
		d.fails = nil
		d.mu.Unlock()
		time.Sleep(retryEvery)
		synctest.Wait()
		if _, holds := d.state(); told[len(told)-1] != nil || s.Failing() || holds.Port != 1 {
			t.Errorf("told %v, port %d", told, holds.Port)
		}
	})
}
