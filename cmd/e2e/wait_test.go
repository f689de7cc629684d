package e2e

import (
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// patience is how long a test waits for something that should happen soon, where it waits for more
// than a condition.
const patience = await.Limit

// assertPromise checks that something took no longer than people are promised, on a machine on which everything
// takes so many times as long as its computing (watchSlowdown).
func assertPromise(t *testing.T, took, promised time.Duration, slowdown float64) {
	t.Helper()
	if took > time.Duration(slowdown*float64(promised)) {
		t.Errorf("it took %s, and is promised within %s, on a machine that is slowed down %.1f times", took, promised, slowdown)
	}
}
