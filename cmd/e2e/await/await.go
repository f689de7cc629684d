// Package await lets a test wait for what goroutines, other processes and other machines do: never
// for a time to pass, always for a condition. A test that waits in vain fails and says what for.
//
// It is imported by tests only. In a bubble of testing/synctest it works as well, and takes no time.
package await

import (
	"fmt"
	"testing"
	"time"
)

// Limit is how long to wait for what should happen soon. It is far longer than anything takes, for
// machines that are busy with something else.
const Limit = time.Minute

// Long leaves a test out that takes many seconds by its nature, where tests are to be short
// (go test -short): make test runs it.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("this takes long")
	}
}

// longestPause bounds the time between two looks. The first ones come sooner. A look that takes longer itself, as a picture
// of a screen does, leaves as much time as it took, up to restAfterLook: else it would hold up what it waits for.
const (
	longestPause  = 20 * time.Millisecond
	restAfterLook = 250 * time.Millisecond
)

// True asks a condition until it holds, on the caller's goroutine.
func True(t testing.TB, what string, condition func() bool) {
	t.Helper()
	TrueWithin(t, Limit, what, condition)
}

// TrueWithin is True for what has to happen within a time that the product promises.
func TrueWithin(t testing.TB, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	if !poll(limit, condition) {
		t.Fatalf("waited %s in vain: %s", limit, what)
	}
}

// Within reports whether a condition holds within a time, for who does something else where it does not.
func Within(limit time.Duration, condition func() bool) bool { return poll(limit, condition) }

// Get asks for a value until it is right, and returns it. In vain it tells the last one.
func Get[T any](t testing.TB, what string, get func() T, right func(T) bool) T {
	t.Helper()
	var last T
	if !poll(Limit, func() bool { last = get(); return right(last) }) {
		t.Fatalf("waited %s in vain: %s; at last there was: %v", Limit, what, last)
	}
	return last
}

func poll(limit time.Duration, condition func() bool) bool {
	pause, deadline := time.Millisecond, time.Now().Add(limit)
	for {
		began := time.Now()
		if condition() {
			return true
		}
		now := time.Now()
		if now.After(deadline) {
			return false
		}
		time.Sleep(max(pause, min(now.Sub(began), restAfterLook)))
		pause = min(2*pause, longestPause)
	}
}

// told is how many of the values that were not right are told when none came that was.
const told = 20

// Value receives until a value is right, and returns it. A channel that is closed before fails the
// test at once.
func Value[T any](t testing.TB, what string, values <-chan T, right func(T) bool) T {
	t.Helper()
	var others []T
	limit := time.NewTimer(Limit)
	defer limit.Stop()
	for {
		select {
		case v, ok := <-values:
			switch {
			case !ok:
				t.Fatalf("nothing more comes: %s; before came: %s", what, list(others))
			case right(v):
				return v
			}
			others = append(others[max(0, len(others)-told+1):], v)
		case <-limit.C:
			t.Fatalf("waited %s in vain: %s; there came: %s", Limit, what, list(others))
		}
	}
}

// list has one value a line.
func list[T any](values []T) string {
	if len(values) == 0 {
		return "nothing"
	}
	var text []byte
	for _, v := range values {
		text = fmt.Appendf(text, "\n\t%v", v)
	}
	return string(text)
}

// First is Value for whichever comes first.
func First[T any](t testing.TB, what string, values <-chan T) T {
	t.Helper()
	return Value(t, what, values, func(T) bool { return true })
}

// Done waits until a channel is closed, or something comes.
func Done(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	limit := time.NewTimer(Limit)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		t.Fatalf("waited %s in vain: %s", Limit, what)
	}
}
