package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// TestIdleWindowRests holds that a window in which nothing happens draws nothing: an animation
// that goes on behind the scenes takes most of a core, and the battery with it.
func TestIdleWindowRests(t *testing.T) {
	laptop, _ := newHome(t)
	window := openWindow(t, laptop, "--demo", "on")
	window.screen.awaitQR(t)
	await.True(t, "the window rests", func() bool {
		before := window.processorTime(t)
		time.Sleep(time.Second) // what is measured, not waited for
		return window.processorTime(t)-before < time.Second/5
	})
}

// processorTime is the time that the program has spent on all cores so far; see proc_pid_stat(5).
func (p *process) processorTime(t *testing.T) time.Duration {
	t.Helper()
	const tick = time.Second / 100 // USER_HZ, the same on every Linux
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // behind the name, which may hold anything
	fields := strings.Fields(rest)
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}
