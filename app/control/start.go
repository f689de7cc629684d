package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"modelbeam/app/launch"
)

const (
	// startWithin is how long a service may take until it can be reached.
	startWithin = 20 * time.Second
	// startedEvery is how often we look whether it can.
	startedEvery = 20 * time.Millisecond
)

// startService starts a service for the state folder dir with a command line and returns when it can be reached,
// or with what kept it from starting: its own words where it had any. The service goes on when we end. The
// function that it returns with an error or without is to be called once; it waits for the goroutine that
// looks after the process, until that or life has ended.
func startService(ctx, life context.Context, dir string, command []string) (wait func(), err error) {
	ended, gone := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(gone)
		ended <- runService(life, command)
	}()
	return func() { <-gone }, reachable(ctx, dir, ended)
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

// reachable waits until a service can be reached. One that ended without an error has found another one, which
// may just be starting itself.
func reachable(ctx context.Context, dir string, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	look := time.NewTicker(startedEvery)
	defer look.Stop()
	for {
		conn, err := dial(ctx, dir)
		if err == nil {
			return conn.Close()
		}
		if owner := (*OwnerError)(nil); errors.As(err, &owner) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the service was started and cannot be reached: %w", err)
		case failed := <-ended:
			if failed != nil {
				return failed
			}
			ended = nil
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
	conn, err := dial(ctx, dir)
	if err == nil {
		return conn.Close()
	}
	if !errors.Is(err, ErrNotRunning) {
		return err
	}
	life, cancel := context.WithCancel(ctx)
	wait, err := startService(ctx, life, dir, command)
	cancel()
	wait()
	return err
}
