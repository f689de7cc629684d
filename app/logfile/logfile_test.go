package logfile

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"modelbeam/cmd/e2e/await"
)

// crashVariable makes this test's program log to the folder it names, and panic.
const crashVariable = "MODELBEAM_TEST_CRASH"

func TestMain(m *testing.M) {
	if folder := os.Getenv(crashVariable); folder != "" {
		crash(folder)
	}
	goleak.VerifyTestMain(m)
}

// crash fills one log file, so that a second one begins, and ends by a panic on a goroutine of its own.
func crash(folder string) {
	f := Open(folder, "service", true)
	log := slog.New(slog.NewTextHandler(f, nil))
	for i := 0; !begun(folder); i++ {
		log.Info("before", "line", i, "text", strings.Repeat("x", 4096))
	}
	go panic("the bottom fell out")
	select {}
}

// begun reports whether there is something in a second file. The older one is looked for first: what has the name
// before that is the first file, which may be renamed between two looks.
func begun(folder string) bool {
	if !exists(filepath.Join(folder, "service.old.log")) {
		return false
	}
	info, err := os.Stat(filepath.Join(folder, "service.log"))
	return err == nil && info.Size() > 0
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write writes lines one after another, each when the one before was taken from memory, and closes the file.
func write(t *testing.T, f *File, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if n, err := f.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
		f.awaitTaken(t)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func (f *File) awaitTaken(t *testing.T) {
	t.Helper()
	await.True(t, "the line is taken", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.waiting == nil
	})
}

func TestBounded(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state", "modelbeam")
	f := Open(folder, "service", false)
	const each = 4096
	var lines []string
	for i := range 4 * maxSize / each {
		lines = append(lines, fmt.Sprintf("%08d %s\n", i, strings.Repeat("x", each-10)))
	}
	write(t, f, lines...)
	now, old := read(t, f.Path()), read(t, filepath.Join(folder, "service.old.log"))
	for _, text := range []string{now, old} {
		if len(text) > maxSize || len(text)%each != 0 {
			t.Errorf("a file of %d bytes", len(text))
		}
	}
	if all := strings.Join(lines, ""); !strings.HasSuffix(all, old+now) || f.Lost() != 0 || len(old)+len(now) <= maxSize {
		t.Errorf("%d and %d bytes are not the last that were written; %d lines lost", len(old), len(now), f.Lost())
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// TestGoesOn: the next start writes behind the last.
func TestGoesOn(t *testing.T) {
	folder := t.TempDir()
	write(t, Open(folder, "window", false), "one\n")
	write(t, Open(folder, "window", false), "two\n")
	if got := read(t, filepath.Join(folder, "window.log")); got != "one\ntwo\n" {
		t.Errorf("got %q", got)
	}
}

func TestLongLineIsCut(t *testing.T) {
	f := Open(t.TempDir(), "service", false)
	line := bytes.Repeat([]byte{'x'}, maxLine+1)
	write(t, f, string(line), "short\n")
	if got := read(t, f.Path()); got != string(line[:maxLine])+" (cut)\nshort\n" {
		t.Errorf("got %d bytes: ...%q", len(got), got[len(got)-40:])
	}
}

// TestNobodyWaitsForTheDisk: a disk that hangs takes no line, and no time but a second at the end.
func TestNobodyWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile("/on/a/disk/that/hangs.log")
		line := []byte(strings.Repeat("x", 1023) + "\n")
		for range 2 * maxWaiting / len(line) {
			if _, err := f.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := f.Lost(), maxWaiting/len(line); got != want {
			t.Errorf("lost %d lines, want %d", got, want)
		}
		if f.Close() == nil {
			t.Error("closed as if all were written")
		}
		if _, err := f.Write(line); err != nil || f.Lost() != maxWaiting/len(line)+1 {
			t.Errorf("after Close: %v, %d lost", err, f.Lost())
		}
	})
}

// TestMovedAway: a file that somebody removes or renames, as logrotate does, begins again.
func TestMovedAway(t *testing.T) {
	for name, move := range map[string]func(path string) error{
		"removed": os.Remove,
		"renamed": func(path string) error { return os.Rename(path, path+".1") },
		"folder":  func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"cut":     func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			f := Open(filepath.Join(t.TempDir(), "logs"), "service", false)
			f.Write([]byte("one\n"))
			await.True(t, "the first line", func() bool { return exists(f.Path()) && read(t, f.Path()) == "one\n" })
			if err := move(f.Path()); err != nil {
				t.Fatal(err)
			}
			write(t, f, "two\n", "three\n")
			if got := read(t, f.Path()); got != "two\nthree\n" || f.Lost() != 0 {
				t.Errorf("got %q, %d lost", got, f.Lost())
			}
		})
	}
}

// TestTwoProcesses write to one file: every line is whole, and the bound holds.
func TestTwoProcesses(t *testing.T) {
	folder := t.TempDir()
	var writers sync.WaitGroup
	for _, who := range "ab" {
		writers.Go(func() {
			f := Open(folder, "window", false)
			for i := range 1000 {
				fmt.Fprintf(f, "%c %04d %s\n", who, i, strings.Repeat(string(who), 2040))
				f.awaitTaken(t)
			}
			if err := f.Close(); err != nil || f.Lost() != 0 {
				t.Errorf("%v, %d lost", err, f.Lost())
			}
		})
	}
	writers.Wait()
	for _, name := range []string{"window.log", "window.old.log"} {
		text := read(t, filepath.Join(folder, name))
		if len(text) > maxSize+2048 { // the other may have looked at its size just before
			t.Errorf("%s has %d bytes", name, len(text))
		}
		for line := range strings.Lines(text) {
			if len(line) != 2048 || strings.Count(line, line[:1]) != 2041 {
				t.Fatalf("%s: a line of %d bytes is not whole: %.40q", name, len(line), line)
			}
		}
	}
}

// TestCrash: what a panic says is in the file, also in one that was begun since the start.
func TestCrash(t *testing.T) {
	folder := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashVariable+"="+folder)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err == nil {
		t.Error("it did not crash")
	}
	got := read(t, filepath.Join(folder, "service.log"))
	for _, want := range []string{"panic: the bottom fell out", "goroutine ", "logfile.crash"} {
		if !strings.Contains(got, want) || !strings.Contains(stderr.String(), want) {
			t.Errorf("no %q in the file (%d bytes), or on standard error:\n%s", want, len(got), &stderr)
		}
	}
}

func TestFolder(t *testing.T) {
	usual := filepath.Join(t.TempDir(), "modelbeam")
	here, err := systemFolder()
	if err != nil {
		t.Fatal(err)
	}
	for state, want := range map[string]string{
		usual: here, usual + "/": here, usual + "/sub/..": here,
		usual + "2": filepath.Join(usual+"2", "logs"), "other": filepath.Join("other", "logs"),
	} {
		if got := Folder(state, usual); got != want {
			t.Errorf("state in %s: logs in %s, want %s", state, got, want)
		}
	}
}
