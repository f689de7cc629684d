package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// TestCrowdWithoutKey has somebody without a key open connections, send a head on each and never the
// body that it tells of. A phone beside them, at the same address, loses nothing of its answer, and
// phones go on coming in.
func TestCrowdWithoutKey(t *testing.T) {
	t.Parallel() // it waits until beam lets them go
	needSockets(t, 6000)
	for _, tt := range []struct {
		name        string
		connections int
		head        int           // bytes
		again       time.Duration // who was let go comes again for so long
		allowed     int64         // bytes
	}{
		{"400 with large heads for a minute", 400, 60_000, time.Minute, 40 << 20},
		{"5000", 5000, 100, 0, 64 << 20},
		{"5000 with large heads", 5000, 60_000, 0, 64 << 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			enough := make(chan struct{})
			beam := startBeam(t, "--server", serveFake(t, countUp(enough), countModel).URL)
			key := beam.addDevice(t, "phone").Key
			phone := listen(t, beam.url, key)
			phone.next(t, 10)
			heard := make(chan []string, 1)
			go func() { heard <- phone.rest() }()
			before := beam.resetPeakMemory(t)

			crowd := &crowd{address: beam.ready.Listen, head: strings.Repeat("x", tt.head)}
			crowd.fill(t, tt.connections)
			for end := time.Now().Add(tt.again); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
				crowd.fill(t, tt.connections)
				comeIn(t, beam.url, key)
			}
			left := time.Now()
			await.TrueWithin(t, 70*time.Second, "all are let go", func() bool { return crowd.open.Load() == 0 })
			t.Logf("the last one was let go after %s", time.Since(left).Round(time.Second))
			crowd.readers.Wait()

			grown := beam.memory(t, "VmHWM") - before
			t.Logf("beam's memory grew by %.1f MiB from %.1f MiB", float64(grown)/(1<<20), float64(before)/(1<<20))
			if grown > tt.allowed {
				t.Errorf("that is more than %d MiB", tt.allowed>>20)
			}
			close(enough)
			assertCounted(t, <-heard, 11)
		})
	}
}

// listen is chat with countModel for an answer that takes longer than most.
func listen(t *testing.T, base, key string) *stream {
	t.Helper()
	res, err := http.DefaultClient.Do(chatRequest(t, base, key, countModel).WithContext(t.Context()))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("chat: %+v, %v", res, err)
	}
	s := &stream{resp: res, events: make(chan string)}
	go s.read(t.Context())
	return s
}

// comeIn asks for something with a key, on a connection of its own.
func comeIn(t *testing.T, base, key string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(request(t, http.MethodGet, base+"/v1/models", key, ""))
	if err != nil {
		t.Fatalf("a phone that comes meanwhile: %v", err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("a phone that comes meanwhile gets %s", res.Status)
	}
}

// needSockets ends a test that opens more files than it may. With CI=true that is a failure.
func needSockets(t *testing.T, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Max >= n {
		return // which package os has made use of
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%d open files are allowed, and this needs %d", limit.Max, n)
	}
	t.Skipf("%d open files are allowed, and this needs %d", limit.Max, n)
}

// crowd is many connections that ask for something and do not go on.
type crowd struct {
	address string
	head    string
	open    atomic.Int64
	readers sync.WaitGroup
}

// fill opens as many connections as are missing to n.
func (c *crowd) fill(t *testing.T, n int) {
	t.Helper()
	for range int64(n) - c.open.Load() {
		conn, err := net.Dial("tcp", c.address)
		if err != nil {
			t.Fatal(err)
		}
		c.open.Add(1)
		c.readers.Go(func() {
			defer c.open.Add(-1)
			defer conn.Close()
			_, _ = fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nX-Filler: %s\r\nContent-Length: 1000\r\n\r\n{", c.address, c.head)
			_, _ = io.Copy(io.Discard, conn)
		})
	}
}

const countModel = "count"

// countUp says the numbers from 1 on, until it is enough.
func countUp(enough <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		events(w)
		pace := time.NewTicker(20 * time.Millisecond)
		defer pace.Stop()
		for i := 1; tell(w, chunk(strconv.Itoa(i))) == nil; i++ {
			select {
			case <-pace.C:
			case <-enough:
				_ = tell(w, "data: [DONE]\n\n")
				return
			}
		}
	}
}

// assertCounted checks that an answer of countUp came whole, from a number on.
func assertCounted(t *testing.T, heard []string, from int) {
	t.Helper()
	if len(heard) < 50 || heard[len(heard)-1] != "[DONE]" {
		t.Fatalf("the phone heard %d events, at last %q", len(heard), tail(heard, 1))
	}
	for i, data := range heard[:len(heard)-1] {
		if want := fmt.Sprintf(`"content":"%d"`, from+i); !strings.Contains(data, want) {
			t.Fatalf("event %d is %s, want %s", i, data, want)
		}
	}
}

// TestCrowdThatTakesAllSockets opens more connections than beam may have files. Phones go on, new ones
// come in, and the files that beam needs itself can be opened.
func TestCrowdThatTakesAllSockets(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	command := beamCommand(t, "--listen", "127.0.0.1:0", "--json", "--state", state, "--no-scan", "--no-mdns", "--demo", "on")
	limited := exec.Command("sh", append([]string{"-c", `ulimit -n 64 && exec "$0" "$@"`}, command.Args...)...)
	beam := &beam{process: start(t, "beam", limited), state: state}
	beam.ready = beam.awaitEvent(t, "ready", "the gateway is open", anything)
	beam.url = "http://" + beam.ready.Listen
	key := beam.addDevice(t, "phone").Key
	comeIn(t, beam.url, key)

	crowd := &crowd{address: beam.ready.Listen}
	for range 3 {
		crowd.fill(t, 200)
		comeIn(t, beam.url, key)
		comeIn(t, beam.url, beam.addDevice(t, "new").Key)
	}
	if got := len(beam.devices(t)); got != 4 {
		t.Errorf("%d devices are on the list", got)
	}
	await.TrueWithin(t, 70*time.Second, "all are let go", func() bool { return crowd.open.Load() == 0 })
	crowd.readers.Wait()
	comeIn(t, beam.url, key)
}
