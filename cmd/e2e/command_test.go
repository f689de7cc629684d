package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// TestBeamIsReadyAtOnce measures what a script waits for.
func TestBeamIsReadyAtOnce(t *testing.T) {
	server := startOllama(t, shortModel)
	beamCommand(t) // builds it, which does not count
	began := time.Now()
	b := startBeam(t, "--server", server.url)
	t.Logf("ready after %s", time.Since(began).Round(time.Millisecond))
	if !strings.HasPrefix(b.ready.Listen, "127.0.0.1:") || strings.HasSuffix(b.ready.Listen, ":0") {
		t.Errorf("it listens on %q", b.ready.Listen)
	}
	if want := b.url + "/#c="; !strings.HasPrefix(b.ready.PairURL, want) {
		t.Errorf("pair_url is %q, want it to begin with %q", b.ready.PairURL, want)
	}
	// The models are there with the first request, without asking again.
	key := b.addDevice(t, "script").Key
	if got := len(chat(t, b.url, key, shortModel).rest()); got < 20 {
		t.Errorf("the first chat got %d events", got)
	}
}

// TestDeviceFromTheCommandLine proves that a key works while beam is running, from the moment
// it was made to the moment it was taken away, which cuts off a running answer.
func TestDeviceFromTheCommandLine(t *testing.T) {
	slowdown := watchSlowdown(t)
	server := startOllama(t, endlessModel)
	b := startBeam(t, "--server", server.url)
	added := b.addDevice(t, "Reader")
	if got := status(t, b.url+"/v1/models", added.Key); got != http.StatusOK {
		t.Fatalf("a new key gets %d", got)
	}
	answer := chat(t, b.url, added.Key, endlessModel)
	answer.next(t, 10)

	b.devices(t, "remove", "Reader")
	removed := time.Now()
	answer.rest()
	took := time.Since(removed)
	t.Logf("the running answer ended %s after the removal", took.Round(time.Millisecond))
	assertPromise(t, took, time.Second, slowdown())
	if got := status(t, b.url+"/v1/models", added.Key); got != http.StatusUnauthorized {
		t.Errorf("a removed key gets %d", got)
	}
	b.awaitEvent(t, "device", "removed", func(e event) bool { return e.Action == "removed" && e.ID == added.ID })
}

// TestGarbageSettings proves that a broken file costs the settings and nothing else.
func TestGarbageSettings(t *testing.T) {
	state := t.TempDir()
	for _, name := range []string{"settings.json", "devices.json"} {
		if err := os.WriteFile(filepath.Join(state, name), []byte("{\"port\": \x00 nonsense"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := startBeamIn(t, state, "--demo", "on")
	for _, kind := range []string{"settings-reset", "devices-reset"} {
		b.awaitEvent(t, "problem", kind, func(e event) bool { return e.Kind == kind && e.Title != "" && e.Advice != "" })
	}
	aside := filesWith(t, state, "nonsense")
	if len(aside) != 2 || slices.Contains(aside, "settings.json") || slices.Contains(aside, "devices.json") {
		t.Errorf("the broken files are now %q", aside)
	}
	key := b.addDevice(t, "after").Key
	if got := status(t, b.url+"/v1/models", key); got != http.StatusOK {
		t.Errorf("with usual settings the gateway answers %d", got)
	}
}

// filesWith returns the names of the files in dir that hold text.
func filesWith(t *testing.T, dir, text string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), text) {
			names = append(names, e.Name())
		}
	}
	return names
}

// TestOneBeamForAStateFolder proves that a second start does not fight with the first: it shows that one, and
// ends with it.
func TestOneBeamForAStateFolder(t *testing.T) {
	first := startBeam(t, "--demo", "on")
	second := start(t, "second beam", beamCommand(t, "--listen", "127.0.0.1:0", "--json", "--state", first.state, "--no-scan", "--no-mdns"))
	ready := second.awaitEvent(t, "ready", "the second start shows a gateway", anything)
	if got := "http://" + ready.Listen; got != first.url {
		t.Errorf("the second start shows %s, and the first is at %s", got, first.url)
	}
	if got := status(t, first.url+"/healthz", ""); got != http.StatusOK {
		t.Errorf("the first one now answers %d", got)
	}
	first.signal(syscall.SIGTERM)
	await.True(t, "the second start ends with the first", func() bool { return !second.running() })
	if !second.cmd.ProcessState.Success() {
		t.Error("the second start says that something went wrong")
	}
}

// TestUsualPortTaken proves that another program on the usual port is no reason to stop.
func TestUsualPortTaken(t *testing.T) {
	if l, err := net.Listen("tcp", ":8717"); err == nil { // else somebody else has taken it for us
		defer l.Close()
	}
	b := start(t, "beam", beamCommand(t, "--json", "--state", t.TempDir(), "--no-scan", "--no-mdns",
		"--demo", "on", "--advertise", "127.0.0.1"))
	ready := b.awaitEvent(t, "ready", "the gateway is open", anything)
	_, port, err := net.SplitHostPort(ready.Listen)
	if err != nil || port == "8717" {
		t.Fatalf("it listens on %q", ready.Listen)
	}
	if got := status(t, "http://127.0.0.1:"+port+"/healthz", ""); got != http.StatusOK {
		t.Errorf("the gateway answers %d", got)
	}
}

// TestBeamEndsCleanly proves that a service manager's SIGTERM ends beam at once, and with it
// an answer that is still running, and that what it logged holds no secret.
func TestBeamEndsCleanly(t *testing.T) {
	server := startOllama(t, endlessModel)
	b := startBeam(t, "--verbose", "--server", server.url)
	key := b.addDevice(t, "Reader").Key
	status(t, b.url+"/v1/models", "mb_wrongwrongwrongwrongww")
	status(t, b.url+"/t/"+key+"/v1/models", "")
	answer := chat(t, b.url, key, endlessModel)
	answer.next(t, 10)

	asked := time.Now()
	if err := b.stop(t); err != nil {
		t.Errorf("beam ended with %v", err)
	}
	t.Logf("ended after %s", time.Since(asked).Round(time.Millisecond))
	answer.rest()

	said := strings.Join(slices.Concat(b.errors(), b.lines()), "\n")
	for what, secret := range map[string]string{
		"key": key, "wrong key": "wrongwrong", "prompt": "Tell me something",
	} {
		if strings.Contains(said, secret) {
			t.Errorf("the %s is in the output:\n%s", what, said)
		}
	}
	if logged := strings.Join(b.errors(), "\n"); strings.Contains(logged, b.ready.Code) {
		t.Errorf("the pairing code is in the log:\n%s", logged)
	}
}
