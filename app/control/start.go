package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"modelbeam/app/launch"
)

const (
	// startWithin is how long a service may take until it can be reached.
	startWithin = 20 * time.Second
	// startedEvery is how often we look whether it can.
	startedEvery = 20 * time.Millisecond
	// againAfter is how long a service that found another one has been gone when we start one again.
	againAfter = time.Second
)

// startService starts a service with a command line and returns when connect has found one, or cannot for another
// reason than that none runs, or with what kept the service from starting: its own words where it had any. The
// service goes on when we end. The function that it returns with an error or without is to be called once; it
// waits for the goroutines that look after the processes, until these or life have ended.
func startService(ctx, life context.Context, command []string, connect func(context.Context) error) (wait func(), err error) {
	var looking sync.WaitGroup
	err = reachable(ctx, connect, func() <-chan error {
		ended := make(chan error, 1)
		looking.Go(func() { ended <- runService(life, command) })
		return ended
	})
	return looking.Wait, err
}

// runService starts a service and returns when that or life has ended, with what the service said if it failed. The
// file with its words is this function's alone: who waits for a service may have found another one before this
// one is even started.
func runService(life context.Context, command []string) error {
	said, _ := scratch() // nil, and no words, where there is no room for it: the service may start all the same
	defer said.Close()
	if err := launch.Run(life, command, said); err != nil {
		return explain(said, err)
	}
	return nil
}

// reachable waits until connect finds a service. One that ended without an error has found another one: that may just
// be starting, or about to end. So another one is started after a while.
func reachable(ctx context.Context, connect func(context.Context) error, start func() <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	look := time.NewTicker(startedEvery)
	defer look.Stop()
	ended, again := start(), (<-chan time.Time)(nil)
	for {
		err := connect(ctx)
		if !errors.Is(err, ErrNotRunning) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the service was started and cannot be reached: %w", err)
		case failed := <-ended:
			if failed != nil {
				return failed
			}
			ended, again = nil, time.After(againAfter)
		case <-again:
			ended, again = start(), nil
		case <-look.C:
		}
	}
}

// explain is what the service said last before it failed.
func explain(said *os.File, failed error) error {
	text, _ := io.ReadAll(io.NewSectionReader(said, 0, 64<<10))
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	last := bytes.TrimPrefix(lines[len(lines)-1], []byte("beam: "))
	if len(last) == 0 {
		return fmt.Errorf("start the service: %w", failed)
	}
	return errors.New(string(last))
}

// Stop asks the service of the state folder dir to end, whatever version it is, and returns when it has. The
// error is ErrNotRunning where none runs.
func Stop(ctx context.Context, dir string) error {
	c, err := connect(ctx, dir, RoleStop, false)
	if err != nil {
		return err
	}
	c.run(ctx, func(message) {})
	return ctx.Err()
}

// Ensure starts a service for the state folder dir with a command line, unless one runs that can be reached.
func Ensure(ctx context.Context, dir string, command []string) error {
	reach := door(dir)
	if err := reach(ctx); !errors.Is(err, ErrNotRunning) {
		return err
	}
	life, cancel := context.WithCancel(ctx)
	wait, err := startService(ctx, life, command, reach)
	cancel()
	wait()
	return err
}

// door reaches the service of a state folder and says nothing to it.
func door(dir string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := dial(ctx, dir)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}
