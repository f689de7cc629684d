package e2e

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/load"
)

// TestManyOpenStreams holds 2,000 answers open at the same time, of one device and of a device each. All get
// their end, and what they take of memory is little, and given back within a minute.
func TestManyOpenStreams(t *testing.T) {
	t.Parallel() // it waits for that minute
	const streams = 2000
	const peak = 90 << 20 // bytes of all that beam takes, a tenth more than it is on a machine that is busy
	needSockets(t, 3*streams)
	for _, tt := range []struct {
		name    string
		devices int
	}{
		{"of one device", 1},
		{"of a device each", streams},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startLoad(t, nil)
			state := filepath.Join(t.TempDir(), "state")
			keys := writeDevices(t, state, tt.devices)
			beam := startBeamIn(t, state, "--server", "http://"+server.Address())
			status(t, beam.url+"/v1/models", keys[0]) // what is set up once does not count

			before := beam.resetPeakMemory(t)
			end := openStreams(t, beam.ready.Listen, keys, streams)
			open := beam.memory(t, "VmRSS")
			server.Release()
			end()
			t.Logf("from %.1f MiB, %.1f MiB with all open, which is %.1f KiB for each, at most %.1f MiB",
				mebibytes(before), mebibytes(open), float64(open-before)/streams/1024, mebibytes(beam.memory(t, "VmHWM")))
			if beam.memory(t, "VmHWM") > peak {
				t.Errorf("at most it took more than %.0f MiB", mebibytes(peak))
			}
			began := time.Now()
			await.TrueWithin(t, time.Minute, "the memory is given back", func() bool {
				return beam.memory(t, "VmRSS") < before+kept
			})
			t.Logf("%.1f MiB after %s", mebibytes(beam.memory(t, "VmRSS")), time.Since(began).Round(time.Second))
		})
	}
}

// kept is how much more beam may have in the end than it had before: what lives is some MiB, scattered over
// the pages of what it lived among, and the runtime keeps the records of its goroutines.
const kept = 24 << 20

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// openStreams opens so many, with the keys in turn, and returns when all are open. end waits for the end of
// all and sees to it that nothing is missing.
func openStreams(t *testing.T, address string, keys []string, streams int) (end func()) {
	t.Helper()
	const atOnce = 32
	errs := make([]error, streams)
	turns := make(chan struct{}, atOnce)
	var opened, ended sync.WaitGroup
	opened.Add(streams)
	for i := range streams {
		turns <- struct{}{}
		ended.Go(func() {
			open := sync.OnceFunc(func() { <-turns; opened.Done() })
			defer open()
			client := load.NewClient(address)
			defer client.Close()
			errs[i] = askWhole(client, loadRequest(address, keys[i%len(keys)], load.Hold), load.Hold, func([]byte) { open() })
		})
	}
	opened.Wait()
	return func() {
		t.Helper()
		ended.Wait()
		assertNoneLost(t, errs)
	}
}
