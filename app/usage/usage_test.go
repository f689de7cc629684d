package usage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"modelbeam/app/store"
)

// open makes a ledger whose clock the test sets.
func open(t *testing.T, path string, now *time.Time) *Ledger {
	t.Helper()
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l.now = func() time.Time { return *now }
	return l
}

func TestCountsByDeviceModelAndDay(t *testing.T) {
	now := time.Date(2026, 11, 21, 23, 50, 0, 0, time.Local)
	l := open(t, filepath.Join(t.TempDir(), "usage.json"), &now)
	l.Add("phone", "tiny", 10, 100)
	l.Add("phone", "tiny", 1, 2)
	l.Add("phone", "large", 0, 5)
	l.Add("tablet", "tiny", 0, 7)
	if got := l.Today()["phone"]; got.Requests != 3 || got.Tokens != 107 || got.PromptTokens != 11 {
		t.Errorf("today of the phone: %+v", got)
	}
	now = now.Add(time.Hour) // tomorrow
	l.Add("phone", "tiny", 3, 4)
	if got := l.Today(); len(got) != 1 || got["phone"].Requests != 1 {
		t.Errorf("today after midnight: %+v", got)
	}
	want := []Row{
		{"2026-11-21", "phone", "large", 1, 0, 5},
		{"2026-11-21", "phone", "tiny", 2, 11, 102},
		{"2026-11-21", "tablet", "tiny", 1, 0, 7},
		{"2026-11-22", "phone", "tiny", 1, 3, 4},
	}
	if got := l.Rows(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows\n%v, want\n%v", got, want)
	}
}

func TestSurvivesARestart(t *testing.T) {
	now := time.Now()
	path := filepath.Join(t.TempDir(), "usage.json")
	l := open(t, path, &now)
	l.Add("phone", "tiny", 1, 2)
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && before.Mode().Perm() != 0o600 {
		t.Errorf("others may read who asked how much: %v", before.Mode())
	}
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("written again though nothing had changed: %v", err)
	}
	again := open(t, path, &now)
	again.Add("phone", "tiny", 1, 2)
	if got := again.Rows(); len(got) != 1 || got[0].Requests != 2 || got[0].Tokens != 4 {
		t.Errorf("after a restart: %+v", got)
	}
}

func TestForgetsAfterThirtyDays(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local)
	l := open(t, filepath.Join(t.TempDir(), "usage.json"), &now)
	for range 2 * Days {
		l.Add("phone", "tiny", 0, 1)
		now = now.AddDate(0, 0, 1)
	}
	now = now.AddDate(0, 0, -1)
	rows := l.Rows()
	if len(rows) != Days || rows[Days-1].Day != today(now) {
		t.Errorf("%d days from %s to %s", len(rows), rows[0].Day, rows[len(rows)-1].Day)
	}
}

func TestADayStaysSmall(t *testing.T) {
	now := time.Now()
	l := open(t, filepath.Join(t.TempDir(), "usage.json"), &now)
	for i := range 10 * maxRows {
		l.Add("phone", fmt.Sprint("invented ", i), 0, 1)
	}
	l.Add("phone", "invented 0", 0, 1)
	rows, tokens := l.Rows(), 0
	for _, r := range rows {
		tokens += r.Tokens
	}
	if len(rows) > maxRows+1 || tokens != 10*maxRows+1 {
		t.Errorf("%d rows with %d tokens", len(rows), tokens)
	}
}

func TestGarbageIsSetAside(t *testing.T) {
	for _, garbage := range []string{"{", `[{"day":"yesterday"}]`, `[{"day":"2026-11-21","requests":-1}]`} {
		path := filepath.Join(t.TempDir(), "usage.json")
		if err := os.WriteFile(path, []byte(garbage), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path)
		var broken *store.BrokenError
		if !errors.As(err, &broken) {
			t.Fatalf("%s: %v", garbage, err)
		}
		if content, _ := os.ReadFile(path); string(content) != garbage {
			t.Errorf("%s: a look has made %q of it", garbage, content)
		}
		if err := broken.SetAside(); err != nil {
			t.Errorf("%s: %v", garbage, err)
		}
		l.Add("phone", "tiny", 0, 1)
		if err := l.Save(); err != nil || len(l.Rows()) != 1 {
			t.Errorf("%s: unusable afterwards: %v", garbage, err)
		}
	}
}

// TestNobodyWaitsForASave counts and reads while a save hangs. What is counted meanwhile is not lost, and
// not written twice.
func TestNobodyWaitsForASave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.json")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	reached, freed, writes := make(chan struct{}), make(chan struct{}), 0
	l.save = func(path string, v any) error {
		if writes++; writes == 1 {
			close(reached)
			<-freed
		}
		return store.Save(path, v)
	}
	l.Add("phone", "tiny", 1, 2)
	saved := make(chan error)
	go func() { saved <- l.Save() }()
	<-reached
	l.Add("phone", "tiny", 1, 2) // a test that waits here for ever has found who waits for the disk
	if rows := l.Rows(); len(rows) != 1 || rows[0].Requests != 2 || l.Today()["phone"].Tokens != 4 {
		t.Errorf("while a save hangs: %+v, today %+v", rows, l.Today())
	}
	close(freed)
	if err := <-saved; err != nil {
		t.Fatal(err)
	}
	onDisk := func(want int) {
		t.Helper()
		if again, err := Open(path); err != nil || again.Rows()[0].Requests != want {
			t.Errorf("on the disk: %+v, %v; want %d requests", again.Rows(), err, want)
		}
	}
	onDisk(1)
	for range 2 {
		if err := l.Save(); err != nil {
			t.Fatal(err)
		}
		onDisk(2)
	}
	if writes != 2 {
		t.Errorf("written %d times", writes)
	}
}

// TestSaveFails: what could not be saved is saved later, also when nothing else is counted.
func TestSaveFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.json")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l.save = func(string, any) error { return os.ErrPermission }
	l.Add("phone", "tiny", 1, 2)
	if err := l.Save(); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
	l.save = store.Save
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	if again, err := Open(path); err != nil || len(again.Rows()) != 1 {
		t.Errorf("afterwards: %+v, %v", again.Rows(), err)
	}
}
