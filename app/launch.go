package app

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

const (
	// startedAfter is how long a program must have run to count as started: one that ends sooner
	// with an error could not be.
	startedAfter = 3 * time.Second
	// endedEvery and reapEvery are how often it is looked whether it has ended, before that and after.
	endedEvery = 50 * time.Millisecond
	reapEvery  = time.Minute
)

// Help does what the button of the hint of that kind says: it starts the server. The server
// runs on by itself, also when Modelbeam ends.
func (c *Controller) Help(kind string) {
	h, ok := c.servers.startable(kind)
	if !ok {
		return // it has started meanwhile
	}
	c.problem(kindNotStarted, nil)
	c.errands.begin(func(ctx context.Context) {
		if err := launch(ctx, h.Start); err != nil {
			c.problem(kindNotStarted, notStarted(h.Name, err))
		}
	})
}

// launch runs a program that outlives us. It returns when the program or ctx has ended; its error says
// that the program could not be started.
//
// It asks again and again instead of waiting: nothing but the program's end ends os.Process.Wait, and
// not to ask at all would leave a zombie of every program on Unix.
func launch(ctx context.Context, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.SysProcAttr = onItsOwn()
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
		if !sleep(ctx.Done(), pause) {
			return nil
		}
	}
}

// errFailed says that a program ended with an error.
var errFailed = errors.New("it ended with an error")
