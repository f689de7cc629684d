package devices

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLookOfAStoppedProcess stops this process in the middle of a look, as happens to one on a machine that
// sleeps or is busy with a model. Nothing is wrong with the disk, so whoever checks a key waits all the same
// to see what a command has changed.
func TestLookOfAStoppedProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s, other := open(t, path), open(t, path)
	for round := range 5 {
		d, key := add(t, other, fmt.Sprint(round))
		stopped := sync.OnceFunc(func() { stopFor(t, 2*lookPatience) })
		s.looks.ask(func() { stopped(); s.look() })
		if _, ok := s.ByKey(key); !ok {
			t.Error("a device that was just added is not let in")
		}
		if _, err := other.Remove(d.ID); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.ByKey(key); ok {
			t.Error("the key of a removed device still works")
		}
	}
}

// stopFor stops all of this process.
func stopFor(t *testing.T, pause time.Duration) {
	wake := exec.Command("sh", "-c", fmt.Sprintf("sleep %f; kill -CONT %d", pause.Seconds(), os.Getpid()))
	if err := wake.Start(); err != nil {
		t.Error(err)
		return
	}
	go func() { _ = wake.Wait() }()
	if err := unix.Kill(os.Getpid(), unix.SIGSTOP); err != nil {
		t.Error(err)
	}
}
