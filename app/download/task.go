package download

import (
	"context"
	"errors"
	"sync"
	"time"
)

// wish is what the person wants of a download.
type wish int

const (
	wishRunning wish = iota
	wishPaused
	wishGone
)

const (
	// mostTries is how often a download that breaks off is tried again by itself while nothing comes of it.
	mostTries = 4
	// firstPause is how long it waits before the first of these, and twice as long before each that follows, up to
	// longestPause.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// endWithin bounds the wait for the service to know a model that has come.
	endWithin = 20 * time.Second
)

// task is one download. Its goroutine changes what is shown, and want does where a wish is seen at once.
type task struct {
	d       *Downloader
	name    string        // of the server, for people
	wake    chan struct{} // there is another wish
	servers chan struct{} // there are other servers

	mu   sync.Mutex // guards what follows
	now  Download
	wish wish
	stop context.CancelFunc // ends what is being tried
}

func newTask(d *Downloader, id, server, name, model string) *task {
	return &task{
		d: d, name: name, wake: make(chan struct{}, 1), servers: make(chan struct{}, 1), stop: func() {},
		now: Download{ID: id, Server: server, Model: model, Phase: Waiting, Left: -1},
	}
}

func (t *task) view() Download {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

func (t *task) is(server, model string) bool {
	v := t.view()
	return v.Server == server && v.Model == model && t.wanted() != wishGone
}

func (t *task) wanted() wish {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wish
}

// want takes a wish of the person. One to run changes nothing of a download that runs, or is done.
func (t *task) want(w wish) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w == wishRunning {
		t.now.Asked++
	}
	switch {
	case t.wish == wishGone, w != wishGone && t.now.Phase == Done, w == wishRunning && t.wish == wishRunning && t.now.Running():
		return
	case w == wishRunning && !t.now.Running():
		t.now.Phase, t.now.Failure = Waiting, nil
	}
	t.wish = w
	t.stop()
	nudge(t.wake)
}

// gone ends the goroutine of a download that has left the list.
func (t *task) gone() { t.want(wishGone) }

// run follows the wishes until the download has left the list, or ctx ends.
func (t *task) run(ctx context.Context) {
	for ctx.Err() == nil {
		v := t.view()
		switch w := t.wanted(); {
		case w == wishGone:
			t.d.remove(t)
			return
		case w == wishPaused && v.Phase != Paused:
			t.show(func(d *Download) { d.Phase, d.Speed, d.Left, d.Failure = Paused, 0, -1, nil })
		case w == wishRunning && v.Phase != Done && v.Phase != Failed:
			t.work(ctx)
		default:
			select {
			case <-ctx.Done():
			case <-t.wake:
			}
		}
	}
}

// work tries until the model is there, the person wants something else, or trying again would not help.
func (t *task) work(ctx context.Context) {
	for tries := 0; ; tries++ {
		before := t.view().Done
		err := t.attempt(ctx)
		if t.wanted() != wishRunning || ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return // to look what is wanted now
		}
		if err == nil {
			t.finish(ctx)
			return
		}
		why := judge(err)
		t.log(why)
		if t.view().Done > before {
			tries = 0
		}
		if why.cause != ServerGone && (!why.passing || tries >= mostTries) {
			t.fail(why)
			return
		}
		t.hold(why)
		t.pause(ctx, why.cause, min(firstPause<<min(tries, 10), longestPause))
	}
}

func (t *task) log(why verdict) {
	v := t.view()
	t.d.o.Log.Info("a download broke off", "server", v.Server, "model", v.Model, "cause", why.cause, "error", short(why.detail))
}

// hold shows why it does not go on at the moment. A server that is gone may come back any time, and is waited for.
func (t *task) hold(why verdict) {
	t.show(func(d *Download) {
		d.Speed, d.Left = 0, -1
		if why.cause == ServerGone {
			d.Phase = Waiting
		}
		d.Failure = failure(why.cause, t.name, d.Model, why.detail)
	})
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

// finish makes the model known to phones, and then says that it is there.
func (t *task) finish(ctx context.Context) {
	looking, cancel := context.WithTimeout(ctx, endWithin)
	defer cancel()
	t.d.o.Arrived(looking)
	t.show(func(d *Download) {
		d.Phase, d.Done, d.Total, d.Speed, d.Left, d.Failure = Done, max(d.Done, d.Total), max(d.Done, d.Total), 0, 0, nil
	})
}

func (t *task) fail(why verdict) {
	t.show(func(d *Download) {
		d.Phase, d.Speed, d.Left = Failed, 0, -1
		if why.cause == WrongDigest {
			d.Done = 0 // nothing of it is kept
		}
		d.Failure = failure(why.cause, t.name, d.Model, why.detail)
	})
}

// show changes what is shown. Another phase is told to scripts, and remembered.
func (t *task) show(change func(*Download)) {
	t.mu.Lock()
	before := t.now.Phase
	change(&t.now)
	now := t.now
	t.mu.Unlock()
	if now.Phase != before {
		t.d.o.Log.Info("a model is being downloaded", "server", now.Server, "model", now.Model, "phase", now.Phase)
		t.d.o.Tell(now)
		t.d.changed()
		return
	}
	t.d.o.Changed()
}
