package e2e

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// stretch is so many looks of watchSlowdown, which take a second or longer.
const stretch = 10

// watchSlowdown measures by how much everything takes longer than its computing, because this machine has other
// things to do, until the result is called: a page that does not get the processor cannot listen. The result is that
// of the worst stretch of time, which is when what is measured meanwhile takes longest.
func watchSlowdown(t *testing.T) (slowdown func() float64) {
	t.Helper()
	stop, result := make(chan struct{}), make(chan float64, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		var computed, took [stretch]time.Duration // of the last looks
		worst := 1.0
		for i := 0; ; i++ {
			select {
			case <-stop:
				result <- max(worst, sum(took)/max(sum(computed), 1))
				return
			case <-time.After(100 * time.Millisecond):
			}
			began, before := time.Now(), threadTime()
			for threadTime()-before < 10*time.Millisecond {
			}
			computed[i%stretch], took[i%stretch] = threadTime()-before, time.Since(began)
			if i >= stretch-1 {
				worst = max(worst, sum(took)/sum(computed))
			}
		}
	}()
	slowdown = sync.OnceValue(func() float64 {
		close(stop)
		return <-result
	})
	t.Cleanup(func() { slowdown() })
	return slowdown
}

func sum(all [stretch]time.Duration) float64 {
	var total time.Duration
	for _, d := range all {
		total += d
	}
	return float64(total)
}

// threadTime is what the calling thread has computed so far, in the kernel too.
func threadTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
