package e2e

import (
	"bufio"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/logind"
)

// awakeAfter is how long the computer stays awake after an answer.
const awakeAfter = time.Minute

// TestStaysAwake has a phone answered by a laptop with a real systemd-logind, which knows of that from the first
// byte until a minute after the last, or until beam is killed.
func TestStaysAwake(t *testing.T) {
	await.Long(t)
	t.Parallel() // it waits for that minute
	system := logind.Start(t)
	more := make(chan struct{})
	f := serveFake(t, func(w http.ResponseWriter, _ *http.Request) {
		events(w)
		for tell(w, chunk("word ")) == nil {
			if _, ok := <-more; !ok {
				_ = tell(w, "data: [DONE]\n\n")
				return
			}
		}
	}, "slow")
	b := startBeamBeside(t, system, "--demo", "off", "--server", f.URL)
	key := b.addDevice(t, "Anna's iPhone").Key
	held := func() bool {
		return slices.ContainsFunc(system.Inhibitors(), func(i logind.Inhibitor) bool {
			return i.PID == uint32(b.cmd.Process.Pid) && i.Who == "Modelbeam" && i.Mode == "block" &&
				strings.Contains(i.What, "sleep") && strings.Contains(i.What, "idle")
		})
	}
	if held() {
		t.Error("held before anybody asked")
	}

	answer := b.ask(t, key, "slow")
	await.True(t, "held from the first byte", held)
	b.awaitEvent(t, "state", "the phone is named", func(e event) bool { return e.Awake.Held && slices.Equal(e.Awake.For, []string{"Anna's iPhone"}) })
	more <- struct{}{}
	if _, err := answer.ReadString('\n'); err != nil || !held() {
		t.Errorf("in the middle of the answer: held %v, %v", held(), err)
	}
	before := time.Now() // its last byte
	close(more)
	for err := error(nil); err == nil; {
		_, err = answer.ReadString('\n')
	}
	ended := time.Now()
	await.TrueWithin(t, awakeAfter+await.Limit, "let go", func() bool { return !held() })
	if after := time.Since(before); after < awakeAfter {
		t.Errorf("let go %s after the last byte", after)
	}
	b.awaitEvent(t, "state", "nobody is named any more", func(e event) bool { return e.Time.After(ended) && !e.Awake.Held && e.Awake.For == nil })

	b.ask(t, key, "slow")
	await.True(t, "held again", held)
	b.kill()
	await.True(t, "gone with beam", func() bool { return len(system.Inhibitors()) == 0 })
}

// startBeamBeside is startBeam on a computer with that logind, and without a desktop.
func startBeamBeside(t *testing.T, system *logind.Server, args ...string) *beam {
	t.Helper()
	state := filepath.Join(t.TempDir(), "state")
	args = append([]string{"--listen", "127.0.0.1:0", "--json", "--state", state, "--no-scan", "--no-mdns"}, args...)
	cmd := beamCommand(t, args...)
	cmd.Env = append(os.Environ(), logind.AddressVariable+"="+system.Address, "DBUS_SESSION_BUS_ADDRESS=unix:path="+state)
	b := &beam{process: start(t, "beam", cmd), state: state}
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	return b
}

// ask has a model answer, and returns the answer as it comes when its first line is there.
func (b *beam) ask(t *testing.T, key, model string) *bufio.Reader {
	t.Helper()
	body := `{"model":"` + model + `","stream":true,"messages":[{"role":"user","content":"hi"}]}`
	req, err := http.NewRequestWithContext(t.Context(), "POST", b.url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	answer := bufio.NewReader(res.Body)
	if line, err := answer.ReadString('\n'); err != nil || !strings.HasPrefix(line, "data: ") {
		t.Fatalf("status %d: %q, %v", res.StatusCode, line, err)
	}
	return answer
}
