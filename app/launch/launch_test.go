//go:build !windows

package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		command []string
		fails   bool
	}{
		{[]string{"true"}, false},
		{[]string{"false"}, true},
		{[]string{"sh", "-c", "kill -9 $$"}, true},
		{[]string{filepath.Join(t.TempDir(), "no-such-program")}, true},
	} {
		if err := Run(t.Context(), tt.command, nil); (err != nil) != tt.fails {
			t.Errorf("%q: %v", tt.command, err)
		}
	}
	if err := Run(t.Context(), []string{"false"}, nil); !errors.Is(err, errFailed) {
		t.Errorf("an exit status: %v", err)
	}
}

// TestItOutlivesUs ends the wait for a program, which goes on.
func TestItOutlivesUs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- Run(ctx, []string{"sh", "-c", "echo $$ >" + file + "; exec sleep 1000"}, nil)
	}()
	pid := 0
	for pid == 0 {
		text, _ := os.ReadFile(file)
		_, _ = fmt.Sscan(string(text), &pid)
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if gone, _ := hasEnded(pid); gone {
		t.Error("the program has ended with us")
	}
	program, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	_ = program.Kill()
	_, _ = program.Wait()
}
