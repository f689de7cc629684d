package body

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// edited is text with edits.
func edited(t *testing.T, text string, edits []edit) string {
	t.Helper()
	var s Spool
	if err := s.Add([]byte(text)); err != nil {
		t.Fatal(err)
	}
	content, length := s.edited(edits)
	got, err := io.ReadAll(content)
	if err != nil || int64(len(got)) != length {
		t.Errorf("%d bytes, said to be %d: %v", len(got), length, err)
	}
	return string(got)
}

func TestSpoolKeepsWhatWasAdded(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for i, size := range []int{0, 10, InMemory, InMemory + 1, 3*InMemory + 7, 10, InMemory, InMemory + 1, 3*InMemory + 7} {
		want := bytes.Repeat([]byte("0123456789abcdefg"), size/17+1)[:size]
		room := NewRoom(int64(size))
		s := Spool{Room: room}
		if announced := i > 4; announced {
			s.Expected = int64(size)
		}
		for rest := want; len(rest) > 0; rest = rest[min(len(rest), 40_000):] {
			if err := s.Add(rest[:min(len(rest), 40_000)]); err != nil {
				t.Fatal(err)
			}
		}
		if s.Expected > InMemory && len(s.head) > 0 {
			t.Errorf("%d bytes: %d of them are in memory", size, len(s.head))
		}
		for range 2 {
			if got, err := io.ReadAll(s.Section(0, s.Len())); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes: got %d, %v", size, len(got), err)
			}
		}
		if from, to := s.Len()/3, s.Len()*2/3; from < to {
			if got, err := io.ReadAll(s.Section(from, to)); err != nil || !bytes.Equal(got, want[from:to]) {
				t.Errorf("%d bytes: the middle is %d long, %v", size, len(got), err)
			}
		}
		if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
			t.Errorf("%d bytes: anybody can see %v", size, left)
		}
		if err := s.Close(); err != nil || room.Taken() != 0 || s.Len() != 0 {
			t.Errorf("%d bytes: %v, %d bytes of room are still taken", size, err, room.Taken())
		}
	}
}

func TestRoomIsForAllTogether(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	room := NewRoom(3 * InMemory)
	first, second := Spool{Room: room}, Spool{Room: room}
	defer first.Close()
	defer second.Close()
	if err := errors.Join(first.Add(make([]byte, 2*InMemory)), second.Add(make([]byte, InMemory))); err != nil {
		t.Fatal(err)
	}
	if err := second.Add(make([]byte, InMemory+1)); !errors.Is(err, ErrNoRoom) {
		t.Errorf("more than there is room for: %v", err)
	}
	first.Close()
	if err := second.Add(make([]byte, InMemory+1)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestSpoolWithoutADisk(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	room := NewRoom(1 << 30)
	s := Spool{Room: room}
	var disk *DiskError
	if err := s.Add(make([]byte, InMemory+1)); !errors.As(err, &disk) || disk.Unwrap() == nil {
		t.Errorf("got %v", err)
	}
	if s.Close(); room.Taken() != 0 {
		t.Errorf("%d bytes of room are still taken", room.Taken())
	}
}

func TestSweepTakesOnlyWhatIsOurs(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{filePrefix + "123", filePrefix + "4", "modelbeam-other", "x" + filePrefix + "5", filePrefix, filePrefix + "notes.txt", filePrefix + "6.bak"} {
		if err := os.WriteFile(at(name), []byte("a photo"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(at(filePrefix+"10"), 0o700), os.Symlink(at("modelbeam-other"), at(filePrefix+"11"))); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := errors.Join(os.WriteFile(at(filePrefix+"12"), nil, 0o600), os.Chown(at(filePrefix+"12"), 65534, 65534)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Sweep(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range left {
		names = append(names, strings.TrimPrefix(e.Name(), filePrefix))
	}
	want := " 10 11 6.bak notes.txt modelbeam-other x" + filePrefix + "5"
	if os.Getuid() == 0 {
		want = " 10 11 12 6.bak notes.txt modelbeam-other x" + filePrefix + "5"
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("left: %s, want %s", got, want)
	}
}

// Another Modelbeam may start, and sweep, just when a file has been made.
func TestSweepTakesNothingAway(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	done := make(chan struct{})
	var sweeping sync.WaitGroup
	sweeping.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := Sweep(); err != nil {
					t.Error(err)
				}
			}
		}
	})
	want := bytes.Repeat([]byte("x"), InMemory+10)
	for range 300 {
		var s Spool
		if err := s.Add(want); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(s.Section(0, s.Len())); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	sweeping.Wait()
}

// What is in memory is held only by who still has to read it.
func TestSpoolIsReleased(t *testing.T) {
	held := func(s *Spool) int64 {
		all, _ := io.ReadAll(s.Section(0, InMemory*2))
		return int64(len(all))
	}
	var small, large Spool
	defer large.Close()
	_ = small.Add([]byte("abc"))
	begun := small.Section(0, 3)
	first := make([]byte, 1)
	_, _ = io.ReadFull(begun, first)
	small.Release()
	if rest, err := io.ReadAll(begun); string(first)+string(rest) != "abc" || err != nil {
		t.Errorf("who reads it already got %q, %v", string(first)+string(rest), err)
	}
	if n := held(&small); n != 0 {
		t.Errorf("%d bytes are still there", n)
	}
	_ = large.Add(make([]byte, InMemory+1))
	_ = large.Add([]byte("x"))
	if large.Release(); held(&large) != InMemory+2 {
		t.Errorf("of what has a file on the disk %d bytes are left", held(&large))
	}
	p := &piece{[]byte("abc")}
	if _, _ = io.ReadAll(p); p.rest != nil {
		t.Error("what was read to its end is still held")
	}
}
