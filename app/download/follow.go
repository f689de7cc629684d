package download

import (
	"context"
	"errors"
	"time"
)

const (
	// tellEvery is how often progress is shown: more often is nothing that eyes could read.
	tellEvery = 500 * time.Millisecond
	// quietAfter is when a download that stands still is told of, and tired when it is begun anew. Ollama gets a
	// part that stands still anew after 30 s, and one that breaks off after up to 32 s, by itself.
	quietAfter = 8 * time.Second
	tired      = 3 * time.Minute
	// checkedWithin bounds the check of what has come: a slow disk reads a large model for minutes.
	checkedWithin = 30 * time.Minute
)

// errStalled says that nothing has come for so long that there is no point in waiting, and errUnchecked that the server
// comes to no end with looking at what has come.
var (
	errStalled   = errors.New("nothing came for minutes")
	errUnchecked = errors.New("the check of what came does not end")
)

// follow shows what a source tells until that ends.
func (t *task) follow(ctx context.Context, s Server, from source) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lines, ended := make(chan line), make(chan error, 1)
	go func() {
		ended <- from(ctx, func(said line) error {
			select {
			case lines <- said:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}()
	err := t.listen(ctx, cancel, s, lines, ended)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// listen takes what comes until the source has ended, which it waits for. It has the source end by cancel when
// that makes no sense or stands still.
func (t *task) listen(ctx context.Context, cancel context.CancelCauseFunc, s Server, lines <-chan line, ended <-chan error) error {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	p, moved := newProgress(time.Now()), time.Now()
	for {
		select {
		case said := <-lines:
			total := p.total
			new, err := p.add(said)
			if err == nil && p.total > total {
				err = t.hasRoom(ctx, s, p.total-p.done)
			}
			if err != nil {
				cancel(err)
			}
			if new {
				moved = time.Now()
			}
		case <-tick.C:
			t.tell(p, time.Since(moved))
			switch quiet := time.Since(moved); {
			case p.checking && quiet > checkedWithin:
				cancel(errUnchecked)
			case !p.checking && quiet > tired:
				cancel(errStalled)
			}
		case err := <-ended:
			t.tell(p, time.Since(moved))
			return err
		}
	}
}

// tell shows how far it is, and that nothing has come for a while.
func (t *task) tell(p *progress, quiet time.Duration) {
	p.measure(time.Now())
	t.show(func(d *Download) {
		d.Phase, d.Speed, d.Left = Downloading, p.speed(), p.left()
		if p.total > 0 { // until it is known again, what was known before stays
			d.Total, d.Done = max(p.total, d.Total), p.done
		}
		switch {
		case p.checking:
			d.Phase, d.Speed, d.Left, d.Failure = Checking, 0, -1, nil
		case quiet > quietAfter:
			d.Speed, d.Left, d.Failure = 0, -1, failure(Stalled, t.name, d.Model, "")
		case p.total > 0:
			d.Failure = nil
		}
	})
}
