package e2e

import (
	"testing"
	"time"
)

// patience is how long a test waits for something that should happen soon. It is far longer
// than anything takes, for machines that are busy with something else.
const patience = 60 * time.Second

// await asks for a condition until it holds and fails the test when it never does.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	awaitWithin(t, patience, what, condition)
}

// awaitWithin is await for what has to happen within a time that the product promises.
func awaitWithin(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if condition() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain: %s", limit, what)
		}
	}
}
