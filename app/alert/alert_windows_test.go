package alert

import (
	"context"
	"os"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// TestNobodyCloses: the box is there, and Show does not wait for it for ever.
func TestNobodyCloses(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	seen := make(chan bool, 1)
	go func() { seen <- Show(ctx, "Modelbeam could not start", "The folder belongs to an administrator.\x00") }()
	await.True(t, "Show returns", func() bool { return len(seen) == 1 })
	if !<-seen {
		t.Skip("there is no desktop here")
	}
}

func TestNeeded(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	closed := os.NewFile(0, "no standard error") // as a program without a console has it
	for f, want := range map[*os.File]bool{w: false, closed: true} {
		if got := Needed(f); got != want {
			t.Errorf("%s: %v", f.Name(), got)
		}
	}
}
