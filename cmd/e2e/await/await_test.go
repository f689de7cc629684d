package await

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// recorder is a test that fails without failing its own.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// failing runs f on a goroutine of its own, as it may end that, and returns what it failed with.
func failing(t *testing.T, f func(t testing.TB)) string {
	t.Helper()
	r, ended := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(ended)
		f(r)
	}()
	<-ended
	return r.said
}

func TestWhatComesIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		True(t, "an hour less", func() bool { return time.Since(began) > Limit/2 })
		if Within(time.Second, func() bool { return false }) || !Within(time.Second, func() bool { return true }) {
			t.Error("what never holds does, or what always holds does not")
		}
		n := 0
		if got := Get(t, "three", func() int { n++; return n }, func(n int) bool { return n == 3 }); got != 3 {
			t.Errorf("got %d", got)
		}
		values := make(chan int, 3)
		for i := range 3 {
			values <- i
		}
		if got := Value(t, "one", values, func(n int) bool { return n == 1 }); got != 1 {
			t.Errorf("got %d", got)
		}
		if got := First(t, "whatever comes", values); got != 2 {
			t.Errorf("got %d", got)
		}
		done := make(chan struct{})
		close(done)
		Done(t, "the end", done)
	})
}

// TestLooksThatTakeLongComeSeldom holds that no more than half of the time is spent on looking, and that what comes is still
// seen soon.
func TestLooksThatTakeLongComeSeldom(t *testing.T) {
	for takes, pause := range map[time.Duration]time.Duration{
		100 * time.Millisecond: 100 * time.Millisecond, 10 * time.Second: restAfterLook,
	} {
		synctest.Test(t, func(t *testing.T) {
			began, looks := time.Now(), 0
			True(t, "three looks", func() bool { time.Sleep(takes); looks++; return looks == 3 })
			if took := time.Since(began); took != 3*takes+2*pause {
				t.Errorf("three looks of %s took %s, want a pause of %s after each but the last", takes, took, pause)
			}
		})
	}
}

func TestWhatDoesNotComeIsTold(t *testing.T) {
	never := func(int) bool { return false }
	for name, tt := range map[string]struct {
		wait  func(t testing.TB)
		takes time.Duration
		want  []string
	}{
		"true":   {func(t testing.TB) { True(t, "rain", func() bool { return false }) }, Limit, []string{"rain"}},
		"within": {func(t testing.TB) { TrueWithin(t, time.Second, "rain", func() bool { return false }) }, time.Second, []string{"1s", "rain"}},
		"get":    {func(t testing.TB) { Get(t, "rain", func() int { return 42 }, never) }, Limit, []string{"rain", "42"}},
		"done":   {func(t testing.TB) { Done(t, "rain", make(chan struct{})) }, Limit, []string{"rain"}},
		"value": {func(t testing.TB) {
			values := make(chan int, 1)
			values <- 42
			Value(t, "rain", values, never)
		}, Limit, []string{"rain", "42"}},
		"closed": {func(t testing.TB) {
			values := make(chan int)
			close(values)
			First(t, "rain", values)
		}, 0, []string{"rain", "nothing"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				said := failing(t, tt.wait)
				for _, want := range tt.want {
					if !strings.Contains(said, want) {
						t.Errorf("it says %q, without %q", said, want)
					}
				}
				if took := time.Since(began); took < tt.takes || took > tt.takes+longestPause {
					t.Errorf("that took %s, want %s", took, tt.takes)
				}
			})
		})
	}
}
