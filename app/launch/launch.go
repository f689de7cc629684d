// Package launch starts programs that outlive us.
package launch

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"
)

const (
	// startedAfter is how long a program must have run to count as started: one that ends sooner
	// with an error could not be.
	startedAfter = 3 * time.Second
	// endedEvery and reapEvery are how often we look whether it has ended, before that and after.
	endedEvery = 50 * time.Millisecond
	reapEvery  = time.Minute
)

// Run starts a program, which goes on when we end; what it writes to standard error goes to the file
// stderr, unless that is nil. It returns when the program or ctx has ended; an error says that the program
// could not be started, or failed within 3 s.
//
// It asks again and again instead of waiting: nothing but the program's end ends os.Process.Wait, and
// not to ask at all would leave a zombie of every program on Unix.
func Run(ctx context.Context, command []string, stderr *os.File) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.SysProcAttr = onItsOwn()
	if stderr != nil {
		cmd.Stderr = stderr
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Release() }()
	began := time.Now()
	for {
		ended, err := hasEnded(cmd.Process.Pid)
		young := time.Since(began) < startedAfter
		switch {
		case ended && young:
			return err
		case ended:
			return nil
		}
		pause := endedEvery
		if !young {
			pause = reapEvery
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// errFailed says that a program ended with an error.
var errFailed = errors.New("it ended with an error")
