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
	// firstPause is how long a download that breaks off waits until it is tried again by itself, and twice as long
	// before each time that follows, up to longestPause, while nothing comes of it.
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

// want takes a wish of the person. One to run changes nothing of a download that is done, or runs well; one that waits
// for something is tried again at once.
func (t *task) want(w wish) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w == wishRunning {
		t.now.Asked++
	}
	switch {
	case t.wish == wishGone, w != wishGone && t.now.Phase == Done, w == wishRunning && t.wish == wishRunning && t.now.Running() && t.now.Failure == nil:
		return
	case w == wishRunning && !t.now.Running():
		t.now.Phase, t.now.Failure = Waiting, nil
	case w == wishRunning:
		t.now.Failure = nil // until it is known whether it is still so
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
			t.rest(ctx)
		}
	}
}

// rest waits for another wish, or until a server that was too old comes back after it was gone: then somebody has
// updated it.
func (t *task) rest(ctx context.Context) {
	wasGone := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.wake:
			return
		case <-t.servers:
		}
		v := t.view()
		_, isThere := t.d.server(v.Server)
		if isThere && wasGone && v.Failure != nil && v.Failure.Cause == ServerOld {
			t.show(func(d *Download) { d.Phase, d.Failure = Waiting, nil })
			return
		}
		wasGone = wasGone || !isThere
	}
}

// work tries until the model is there, the person wants something else, or trying again would not help. A network
// that is gone may be back after any time, as a server may: who went to bed meanwhile finds the model in the morning.
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
		if !why.passing {
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
