package e2e

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// beam is a running cmd/beam.
type beam struct {
	*process
	ready event
	url   string          // http://127.0.0.1:PORT
	state string          // its state folder
	shown map[string]bool // the codes that freshCode has returned
}

// pairedDevice is what "beam devices" prints of one.
type pairedDevice struct {
	ID, Name, Key string
	Paused        bool
	Guest         *guestPass
	Today         struct{ Requests, Tokens int }
	Usage         []usageRow
}

// usageRow is what a device asked of a model in a day.
type usageRow struct {
	Day, Device, Model string
	Requests, Tokens   int
	PromptTokens       int `json:"prompt_tokens"`
}

// startBeam starts cmd/beam on loopback with a state folder of its own; it looks for nothing
// and announces nothing. It returns when the gateway is open.
func startBeam(t *testing.T, args ...string) *beam {
	t.Helper()
	return startBeamIn(t, filepath.Join(t.TempDir(), "state"), args...)
}

func startBeamIn(t *testing.T, state string, args ...string) *beam {
	t.Helper()
	b := launchBeam(t, state, args...)
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	return b
}

// launchBeam is startBeamIn for those who do not want to wait.
func launchBeam(t *testing.T, state string, args ...string) *beam {
	t.Helper()
	args = append([]string{"--listen", "127.0.0.1:0", "--json", "--state", state, "--no-scan", "--no-mdns"}, args...)
	return &beam{process: start(t, "beam", beamCommand(t, args...)), state: state}
}

func beamCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := buildBeam()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(path, args...)
}

// addDevice runs "beam devices add" beside the running beam.
func (b *beam) addDevice(t *testing.T, name string, flags ...string) pairedDevice {
	t.Helper()
	return b.devices(t, append([]string{"add", name}, flags...)...)[0]
}

// device is what "beam devices" tells of the device with that ID.
func (b *beam) device(t *testing.T, id string) pairedDevice {
	t.Helper()
	all := b.devices(t)
	i := slices.IndexFunc(all, func(d pairedDevice) bool { return d.ID == id })
	if i < 0 {
		t.Fatalf("the device %s is not among %+v", id, all)
	}
	return all[i]
}

// devices runs a "beam devices" command beside the running beam and returns what it prints: the
// device that it is about, or all of them.
func (b *beam) devices(t *testing.T, args ...string) []pairedDevice {
	t.Helper()
	cmd := beamCommand(t, append([]string{"devices", "--json", "--state", b.state}, args...)...)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("beam devices %q: %v\n%s", args, err, &errors)
	}
	var all []pairedDevice
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var d pairedDevice
		if err := dec.Decode(&d); err != nil {
			t.Fatalf("beam devices %q printed %q: %v", args, out, err)
		}
		all = append(all, d)
	}
	return all
}

// stop asks beam to end, as a service manager does, and returns how it ended.
func (b *beam) stop(t *testing.T) error {
	t.Helper()
	b.signal(syscall.SIGTERM)
	await.Done(t, "beam ends after SIGTERM", b.exited)
	if code := b.cmd.ProcessState.ExitCode(); code != 0 {
		return &exec.ExitError{ProcessState: b.cmd.ProcessState}
	}
	return nil
}
