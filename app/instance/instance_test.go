package instance

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func acquire(t *testing.T, dir string, show func()) *Instance {
	t.Helper()
	i, err := Acquire(dir, show, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func second(t *testing.T, dir string) *RunningError {
	t.Helper()
	_, err := Acquire(dir, nil, slog.New(slog.DiscardHandler))
	var running *RunningError
	if !errors.As(err, &running) {
		t.Fatalf("second start: %v, want a RunningError", err)
	}
	return running
}

func TestSecondStartShowsTheFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	shown := make(chan bool, 2)
	first := acquire(t, dir, func() { shown <- true })
	for range 2 {
		if !second(t, dir).Shown {
			t.Error("the second start was not told that the window is shown")
		}
		<-shown
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := acquire(t, dir, nil).Close(); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
}

func TestNoWindowToShow(t *testing.T) {
	dir := t.TempDir()
	first := acquire(t, dir, nil)
	defer first.Close()
	if second(t, dir).Shown {
		t.Error("shown, without a window")
	}
}

func TestFolderTooDeepForASocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep", 40))
	first := acquire(t, dir, func() {})
	defer first.Close()
	second(t, dir)
}
