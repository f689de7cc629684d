package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// diskDelay is what each fsync takes on the slow disk.
const diskDelay = 2 * time.Second

// TestSlowDisk has each fsync of beam take two seconds while a phone asks, streams end and guests spend
// requests: only the guests wait, and only while the list of devices is written anew, which what they use is
// counted in. A key that a command removes is void at once, and commands get their turn.
// strace(1) makes the disk slow, and everything else a little slower.
//
//	SLOW_DISK=60s go test -count=1 -v -run TestSlowDisk ./cmd/e2e
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	lasting := 15 * time.Second
	if text := os.Getenv("SLOW_DISK"); text != "" {
		var err error
		if lasting, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	server := serveFake(t, func(w http.ResponseWriter, _ *http.Request) { count(w) }, guestModel)
	slowdown := watchSlowdown(t)
	b := traceBeam(t, fmt.Sprintf("inject=fsync,fdatasync:delay_enter=%d", diskDelay.Microseconds()), "--server", server.URL)
	phone, listener := b.addHandset(t), b.addHandset(t)
	guests := []*handset{b.addHandset(t, "--guest-requests", "100000"), b.addHandset(t, "--guest-requests", "100000"), b.addHandset(t, "--guest-requests", "100000")}

	ctx, cancel := context.WithTimeout(t.Context(), lasting)
	defer cancel()
	var lists, ends, spends timings
	var all sync.WaitGroup
	all.Go(func() {
		for tick := time.NewTicker(500 * time.Millisecond); ctx.Err() == nil; <-tick.C {
			lists.measure(func() { wantStatus(t, phone, http.MethodGet, b.url+"/v1/models", "") })
		}
	})
	all.Go(func() {
		for ctx.Err() == nil {
			ends.add(b.endOfStream(t, listener))
			rest(ctx)
		}
	})
	for _, g := range guests {
		all.Go(func() {
			for ctx.Err() == nil {
				spends.measure(func() { wantStatus(t, g, http.MethodPost, b.url+"/v1/chat/completions", ask) })
				rest(ctx)
			}
		})
	}
	removed, gone := newHandset(t), b.addDevice(t, "phone") // by commands beside the guests
	removed.key = gone.Key
	wantStatus(t, removed, http.MethodGet, b.url+"/v1/models", "")
	b.devices(t, "remove", gone.ID)
	if got := removed.get(t, b.url+"/v1/models"); got.Status != http.StatusUnauthorized {
		t.Errorf("a phone that was just removed gets %+v", got)
	}
	all.Wait()
	t.Logf("while each fsync takes %s: GET /v1/models %s; end of a stream after [DONE] %s; a guest's request %s", diskDelay, &lists, &ends, &spends)
	if slowest := spends.slowest(); slowest < diskDelay {
		t.Errorf("the disk is not slow: the slowest request of a guest took %s", slowest)
	}
	assertPromise(t, max(lists.slowest(), ends.slowest()), diskDelay/2, slowdown()) // longer is what only the disk takes
}

// TestRefusedGuestWritesNothing lets a guest who has none left ask again and again: as long as nobody else
// does anything, nothing is written.
func TestRefusedGuestWritesNothing(t *testing.T) {
	t.Parallel()
	server := serveFake(t, func(w http.ResponseWriter, _ *http.Request) { count(w) }, guestModel)
	b := traceBeam(t, "trace=fsync,fdatasync,write,pwrite64,rename,renameat,renameat2,unlink,unlinkat,ftruncate", "--server", server.URL)
	guest := b.addHandset(t, "--guest-requests", "1")
	wantStatus(t, guest, http.MethodPost, b.url+"/v1/chat/completions", ask)
	refused := 0
	await.TrueWithin(t, 2*time.Minute, "nothing is written while a guest is refused", func() bool {
		// Longer than anything that is written down from time to time.
		before := b.traced(t, "devices", "usage.json", "fsync")
		for until := time.Now().Add(12 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			if got, err := guest.do(t.Context(), http.MethodPost, b.url+"/v1/chat/completions", []byte(ask)); err != nil || got.Status != http.StatusTooManyRequests {
				t.Fatalf("one too many gets %+v, %v", got, err)
			}
			refused++
		}
		return b.traced(t, "devices", "usage.json", "fsync") == before
	})
	t.Logf("refused %d times", refused)
}

// tracedBeam is a beam that strace runs.
type tracedBeam struct {
	*beam
	log string // what it did
}

// traceBeam is startBeam under strace with an expression (-e), which tells what is traced.
func traceBeam(t *testing.T, expression string, args ...string) *tracedBeam {
	t.Helper()
	strace := tool(t, "strace")
	if err := exec.Command(strace, "-o", os.DevNull, "true").Run(); err != nil {
		missing(t, "the right to use strace")
	}
	dir := t.TempDir()
	state, log := filepath.Join(dir, "state"), filepath.Join(dir, "strace.log")
	what := expression
	if injected, ok := strings.CutPrefix(expression, "inject="); ok {
		calls, _, _ := strings.Cut(injected, ":")
		what = "trace=" + calls
	}
	cmd := beamCommand(t, append([]string{"--listen", "127.0.0.1:0", "--json", "--state", state, "--no-scan", "--no-mdns"}, args...)...)
	// With --seccomp-bpf everything else is not even looked at.
	cmd = exec.Command(strace, append([]string{"-f", "--seccomp-bpf", "-y", "-qq", "-o", log, "-e", what, "-e", expression}, cmd.Args...)...)
	b := &beam{process: start(t, "beam", cmd), state: state}
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	return &tracedBeam{b, log}
}

// traced counts the lines that have one of the words.
func (b *tracedBeam) traced(t *testing.T, words ...string) (n int) {
	t.Helper()
	text, err := os.ReadFile(b.log)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		for _, w := range words {
			if bytes.Contains(line, []byte(w)) {
				n++
				break
			}
		}
	}
	return n
}

// addHandset adds a device with a phone of its own.
func (b *beam) addHandset(t *testing.T, flags ...string) *handset {
	t.Helper()
	h := newHandset(t)
	h.key = b.addDevice(t, "phone", flags...).Key
	return h
}

func wantStatus(t *testing.T, h *handset, method, url, body string) {
	if got, err := h.do(t.Context(), method, url, []byte(body)); err != nil || got.Status != http.StatusOK {
		t.Errorf("%s %s gets %+v, %v", method, url, got, err)
	}
}

// endOfStream is how long after [DONE] an answer comes to its end.
func (b *beam) endOfStream(t *testing.T, h *handset) time.Duration {
	resp, err := h.client.Do(chatRequest(t, b.url, h.key, guestModel))
	if err != nil {
		t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	var done time.Time
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if lines.Text() == "data: [DONE]" {
			done = time.Now()
		}
	}
	if lines.Err() != nil || done.IsZero() {
		t.Errorf("the answer is not whole: %s, %v", resp.Status, lines.Err())
	}
	return time.Since(done)
}

// timings may be added to by any goroutine.
type timings struct {
	mu  sync.Mutex // guards all
	all []time.Duration
}

func (m *timings) add(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, d)
}

func (m *timings) measure(f func()) {
	began := time.Now()
	f()
	m.add(time.Since(began))
}

func (m *timings) slowest() (slowest time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range m.all {
		slowest = max(slowest, d)
	}
	return slowest
}

func (m *timings) String() string {
	return fmt.Sprintf("%d times, the slowest %s", len(m.all), m.slowest().Round(100*time.Microsecond))
}
