package machine

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoryOfThisComputer(t *testing.T) {
	if got := Memory(); got < 64<<20 || got > 1<<50 {
		t.Errorf("this computer has %d bytes of memory", got)
	}
}

// TestFree holds that a folder that is not there yet has the room of the nearest one above it.
func TestFree(t *testing.T) {
	dir := t.TempDir()
	here, err := Free(dir)
	if err != nil || here <= 0 {
		t.Fatalf("%d bytes are free: %v", here, err)
	}
	if below, err := Free(filepath.Join(dir, "not", "there", "yet")); err != nil || below <= 0 {
		t.Errorf("below it %d bytes are free: %v", below, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := Free(filepath.Join(file, "below", "a", "file")); err == nil && n <= 0 {
		t.Errorf("below a file %d bytes are free", n)
	}
}
