package control

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestStartBesideAnother: services are started, and can write what they say, also where another one can be reached
// before that.
func TestStartBesideAnother(t *testing.T) {
	s := serve(t)
	folder := t.TempDir()
	var waits []func()
	for i := range 20 {
		mark := filepath.Join(folder, strconv.Itoa(i))
		wait, err := startService(t.Context(), t.Context(), s.dir, []string{"sh", "-c", "echo started >&2 && touch " + mark})
		if err != nil {
			t.Error(err)
		}
		waits = append(waits, wait)
	}
	for i, wait := range waits {
		wait()
		if _, err := os.Stat(filepath.Join(folder, strconv.Itoa(i))); err != nil {
			t.Errorf("a service was not started: %v", err)
		}
	}
}
