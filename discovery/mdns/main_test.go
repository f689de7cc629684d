package mdns

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain fails when a goroutine is left over. It waits longer than goleak does by itself:
// zeroconf's announcing goroutine sleeps out its last interval, up to 3 s, after Shutdown.
func TestMain(m *testing.M) {
	code := m.Run()
	err := goleak.Find()
	for limit := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(limit); err = goleak.Find() {
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
