package logfile

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWindows is TestCrash where a file that is open cannot be renamed, and another process has it open.
func TestWindows(t *testing.T) {
	folder, err := os.MkdirTemp("", "logfile") // without os.RemoveAll, which Wine 8 does not know
	if err != nil {
		t.Fatal(err)
	}
	now, old := filepath.Join(folder, "service.log"), filepath.Join(folder, "service.old.log")
	crashed := func() string {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashVariable+"="+folder)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic: the bottom fell out") {
			t.Fatalf("it did not crash as it should: %v\n%s", err, out)
		}
		return read(t, now)
	}
	if got := crashed(); !strings.Contains(got, "panic: the bottom fell out") || len(got) > maxSize {
		t.Errorf("%d bytes: %.300s", len(got), got)
	}
	if n := len(read(t, old)); n > maxSize || n < maxSize/2 {
		t.Errorf("the older file has %d bytes", n)
	}

	other, err := os.OpenFile(now, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	f := Open(folder, "service", true)
	for range 2 * maxSize / 4096 {
		write1(t, f, strings.Repeat("y", 4095)+"\n")
	}
	if err := f.Close(); err != nil || f.Lost() != 0 {
		t.Errorf("%v, %d lost", err, f.Lost())
	}
	if n := len(read(t, now)); n > maxSize {
		t.Errorf("%d bytes while another process has it open", n)
	}
}

func write1(t *testing.T, f *File, line string) {
	t.Helper()
	if _, err := f.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	f.awaitTaken(t)
}
