//go:build !windows && !race

package socket

import (
	"io"
	"testing"
)

// TestNoAllocations: a piece of an answer is read and written without any memory.
func TestNoAllocations(t *testing.T) {
	near, far := pair(t)
	piece := make([]byte, 200)
	if n := testing.AllocsPerRun(200, func() {
		if _, err := near.Write(piece); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(far, piece); err != nil {
			t.Fatal(err)
		}
	}); n > 0.5 {
		t.Errorf("%v allocations a piece", n)
	}
}
