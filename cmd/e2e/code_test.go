package e2e

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// freshCode waits for a code that was not asked for before.
func (b *beam) freshCode(t *testing.T) string {
	t.Helper()
	var code string
	await.True(t, "beam shows a fresh code", func() bool {
		code = b.newestCode()
		return code != "" && !b.shown[code] || !b.running()
	})
	if b.shown[code] || code == "" {
		t.Fatalf("beam ended: %q", tail(b.errors(), 5))
	}
	b.noteShown(code)
	return code
}

// nextCode is freshCode for a beam that may be killed meanwhile: then ctx ends, and it reports
// false.
func (b *beam) nextCode(ctx context.Context) (code string, ok bool) {
	for ctx.Err() == nil {
		if code = b.newestCode(); code != "" && !b.shown[code] {
			b.noteShown(code)
			return code, true
		}
		rest(ctx)
	}
	return "", false
}

func (b *beam) noteShown(code string) {
	if b.shown == nil {
		b.shown = make(map[string]bool)
	}
	b.shown[code] = true
}

// newestCode is the code in the last state that was printed; none while it is being replaced.
func (b *beam) newestCode() string {
	for _, line := range slices.Backward(b.lines()) {
		var e event
		// The last line of a beam that was killed may not be whole.
		if json.Unmarshal([]byte(line), &e) == nil && e.Event == "state" {
			return e.Pairing.Code
		}
	}
	return ""
}

// awaitReady is startBeam's wait for a beam that may be killed meanwhile.
func (b *beam) awaitReady(ctx context.Context) (url string, ok bool) {
	for ctx.Err() == nil {
		for _, line := range b.lines() {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Event == "ready" {
				return "http://" + e.Listen, true
			}
		}
		rest(ctx)
	}
	return "", false
}
