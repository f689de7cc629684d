package logfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"modelbeam/cmd/e2e/await"
)

// TestForItsOwnerAlone: whatever rights the file and its folder had.
func TestForItsOwnerAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "service.log"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{folder, filepath.Join(t.TempDir(), "a", "b")} {
		f := Open(dir, "service", false)
		write(t, f, "one\n")
		for path, want := range map[string]os.FileMode{dir: 0o700, f.Path(): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", path, info, err)
			}
		}
	}
}

// TestNotAFile: what waits under the name is not written to, and the log goes on when it is gone.
func TestNotAFile(t *testing.T) {
	for name, plant := range map[string]func(path, target string) error{
		"link":            func(path, target string) error { return os.Symlink(target, path) },
		"link to nothing": func(path, target string) error { return os.Symlink(target+".not", path) },
		"pipe":            func(path, _ string) error { return unix.Mkfifo(path, 0o666) },
		"folder":          func(path, _ string) error { return os.Mkdir(path, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			folder, target := t.TempDir(), filepath.Join(t.TempDir(), "diary")
			if err := os.WriteFile(target, []byte("dear diary"), 0o600); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(folder, "service.log")
			if err := plant(path, target); err != nil {
				t.Fatal(err)
			}
			f := Open(folder, "service", true)
			f.Write([]byte("one\n"))
			await.True(t, "the line is lost", func() bool { return f.Lost() == 1 })
			if got := read(t, target); got != "dear diary" || exists(target+".not") {
				t.Errorf("the link's target holds %q", got)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, f, "two\n")
			if got := read(t, path); !strings.Contains(got, `msg="log lines were lost" lines=1`) || !strings.HasSuffix(got, "\ntwo\n") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestFolderOfSomebodyElse: what may not be written is lost and counted.
func TestFolderOfSomebodyElse(t *testing.T) {
	f := Open("/proc/nobody/may/write/here", "service", true)
	write(t, f, "one\n", "two\n")
	if f.Lost() != 2 {
		t.Errorf("%d lost", f.Lost())
	}
}

// TestDiskFull fills a disk of its own: what is written to it later is whole again, and says what is missing.
func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no disk to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(folder, 0); err != nil {
			t.Error(err)
		}
	})
	fat := filepath.Join(folder, "fat")
	if err := os.WriteFile(fat, make([]byte, 56<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	f := Open(folder, "service", false)
	long := strings.Repeat("x", 6000) + "\n"
	for range 3 {
		f.Write([]byte(long))
		f.awaitTaken(t)
	}
	await.True(t, "lines are lost", func() bool { return f.Lost() >= 2 })
	if err := os.Remove(fat); err != nil {
		t.Fatal(err)
	}
	write(t, f, "after\n")
	lines := strings.Split(read(t, f.Path()), "\n")
	if n := len(lines); n < 4 || lines[0]+"\n" != long || !strings.Contains(lines[n-3], "log lines were lost") || lines[n-2] != "after" {
		t.Errorf("the file ends with %q", lines[max(0, len(lines)-3):])
	}
}
