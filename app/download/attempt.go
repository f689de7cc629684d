package download

import (
	"context"
	"errors"
	"time"
)

// attempt has the server download the model once, as soon as the server is there.
func (t *task) attempt(ctx context.Context) error {
	ctx, end := t.begin(ctx)
	defer end()
	s, err := t.await(ctx)
	if err != nil {
		return err
	}
	if err := t.hasRoom(ctx, s, t.expected()); err != nil {
		return err
	}
	return t.follow(ctx, s, t.d.source(s, t.view().Model))
}

// await waits until the server is there. It may be starting, as we do when the computer starts.
func (t *task) await(ctx context.Context) (Server, error) {
	for {
		v := t.view()
		if s, ok := t.d.server(v.Server); ok {
			return s, nil
		}
		t.show(func(d *Download) {
			d.Phase, d.Speed, d.Left = Waiting, 0, -1
			d.Failure = failure(ServerGone, t.name, v.Model, "")
		})
		select {
		case <-ctx.Done():
			return Server{}, ctx.Err()
		case <-t.servers:
		}
	}
}

// errNoRoom says that a model is larger than what is free.
var errNoRoom = errors.New("no space left on the disk")

// hasRoom looks whether what is left to come fits on the disk, where that is known.
func (t *task) hasRoom(ctx context.Context, s Server, left int64) error {
	if free := t.d.free(ctx, s); free >= 0 && left > free {
		return errNoRoom
	}
	return nil
}

// expected is how much is left to come, as far as that is known before the server says so.
func (t *task) expected() int64 {
	v := t.view()
	if v.Total == 0 {
		return sizeOf(v.Model)
	}
	return v.Total - v.Done
}

// pause lets time pass, unless there is another wish. A server that is gone may be back sooner.
func (t *task) pause(ctx context.Context, why Cause, d time.Duration) {
	ctx, end := t.begin(ctx)
	defer end()
	back := t.servers
	if why != ServerGone {
		back = nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-back:
	}
}

// begin makes a context that ends with the wish to go on.
func (t *task) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	t.mu.Lock()
	t.stop = cancel
	if t.wish != wishRunning {
		cancel()
	}
	t.mu.Unlock()
	return ctx, cancel
}
