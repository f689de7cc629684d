package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"modelbeam/cmd/e2e/await"
)

// TestNoFilesLeft takes away beam's right to open files, again and again, while phones are paired and
// another process edits their list: no phone is out, then or afterwards, and the edits are all there.
// NOFILES_ROUNDS sets how often.
func TestNoFilesLeft(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("NOFILES_ROUNDS"))
	rounds = max(rounds, 5)
	b := startBeam(t, "--demo", "on")
	phones := []pairedDevice{b.addDevice(t, "first"), b.addDevice(t, "second")}
	client := &http.Client{} // keeps its connection: nobody could open another one meanwhile
	valid := func(when string) {
		t.Helper()
		for _, p := range phones {
			req := request(t, http.MethodGet, b.url+"/v1/models", p.Key, "")
			resp, err := client.Do(req)
			if err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			_, _ = io.Copy(io.Discard, resp.Body) // or the connection would not be kept
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: the phone %s is out: %s", when, p.Name, resp.Status)
			}
		}
	}
	valid("at first")
	for round := range rounds {
		before := limitFiles(t, b.cmd.Process.Pid, 0)
		told := countEvents(t, b, "devices-unreadable")
		name := fmt.Sprint("Tablet ", round)
		b.devices(t, "rename", phones[1].ID, name)
		await.True(t, "it is told that the list cannot be read", func() bool { return countEvents(t, b, "devices-unreadable") > told })
		valid("while nothing can be opened")
		limitFiles(t, b.cmd.Process.Pid, before)
		b.awaitEvent(t, "state", "the other process's edit is there", func(e event) bool {
			return e.Problem == nil && len(e.Devices) == 2 && (e.Devices[0].Name == name || e.Devices[1].Name == name)
		})
		valid("when files can be opened again")
	}
	if aside, err := filepath.Glob(filepath.Join(b.state, "*.broken*")); err != nil || len(aside) > 0 {
		t.Errorf("set aside: %q, %v", aside, err)
	}
}

// limitFiles sets how many files a process may have open, and returns how many it might before. Those
// that it has stay open.
func limitFiles(t *testing.T, pid int, most uint64) (before uint64) {
	t.Helper()
	var now unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &now); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: most, Max: now.Max}, nil); err != nil {
		t.Fatal(err)
	}
	return now.Cur
}

// countEvents counts the problems of that kind that were told.
func countEvents(t *testing.T, b *beam, kind string) (n int) {
	t.Helper()
	for _, e := range b.events(t) {
		if e.Event == "problem" && e.Kind == kind {
			n++
		}
	}
	return n
}
