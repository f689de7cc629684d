package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// beam is a running cmd/beam.
type beam struct {
	*process
	ready event
	url   string // http://127.0.0.1:PORT
	state string // its state folder
}

// pairedDevice is what "beam devices" prints of one.
type pairedDevice struct{ ID, Name, Key string }

// startBeam starts cmd/beam on loopback with a state folder of its own; it looks for nothing
// and announces nothing. It returns when the gateway is open.
func startBeam(t *testing.T, args ...string) *beam {
	t.Helper()
	return startBeamIn(t, filepath.Join(t.TempDir(), "state"), args...)
}

func startBeamIn(t *testing.T, state string, args ...string) *beam {
	t.Helper()
	args = append([]string{"--listen", "127.0.0.1:0", "--json", "--state", state, "--no-scan", "--no-mdns"}, args...)
	b := &beam{process: start(t, "beam", beamCommand(t, args...)), state: state}
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	return b
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
func (b *beam) addDevice(t *testing.T, name string) pairedDevice {
	t.Helper()
	return b.devices(t, "add", name)
}

// devices runs a "beam devices" command beside the running beam.
func (b *beam) devices(t *testing.T, args ...string) pairedDevice {
	t.Helper()
	cmd := beamCommand(t, append([]string{"devices", "--json", "--state", b.state}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("beam devices %q: %v", args, err)
	}
	var d pairedDevice
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("beam devices %q printed %q: %v", args, out, err)
	}
	return d
}

// stop asks beam to end, as a service manager does, and returns how it ended.
func (b *beam) stop(t *testing.T) error {
	t.Helper()
	b.signal(syscall.SIGTERM)
	select {
	case <-b.exited:
	case <-time.After(patience):
		t.Fatal("beam does not end after SIGTERM")
	}
	if code := b.cmd.ProcessState.ExitCode(); code != 0 {
		return &exec.ExitError{ProcessState: b.cmd.ProcessState}
	}
	return nil
}
