package e2e

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// watchSlowdown measures by how much everything takes longer than its computing, because this machine has other
// things to do, until the result is called: a page that does not get the processor cannot listen.
func watchSlowdown(t *testing.T) (slowdown func() float64) {
	t.Helper()
	stop, result := make(chan struct{}), make(chan float64, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		var computed, took time.Duration
		for {
			select {
			case <-stop:
				result <- max(1, float64(took)/float64(max(computed, 1)))
				return
			case <-time.After(100 * time.Millisecond):
			}
			began, before := time.Now(), threadTime()
			for threadTime()-before < 10*time.Millisecond {
			}
			computed, took = computed+threadTime()-before, took+time.Since(began)
		}
	}()
	slowdown = sync.OnceValue(func() float64 {
		close(stop)
		return <-result
	})
	t.Cleanup(func() { slowdown() })
	return slowdown
}

// threadTime is what the calling thread has computed so far, in the kernel too.
func threadTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
