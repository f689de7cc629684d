package devices

import (
	"context"
	"sync"
	"time"

	"modelbeam/app/store"
)

// lookPatience is how long whoever checks a key waits for a look at the files. A look takes some
// microseconds; only a disk that hangs, or a network that a home folder is on, takes longer.
//
// It is counted in steps, of which a process misses those in which it does not run: on a machine that
// slept, or that is busy with a model, looks are late for another reason, and are waited for.
const (
	lookPatience = lookSteps * lookStep
	lookSteps    = 10
	lookStep     = 25 * time.Millisecond
)

// lookGood is how long what a look has seen is good for: thousands of requests a second share some hundred
// looks, and what comes a few milliseconds after another waits for none. Whoever writes the list says that it is done no
// sooner than that, see files.write.
const lookGood = 10 * time.Millisecond

// newest is the list with what other processes have written until now: whoever was told that a device
// is removed may rely on it at once. A disk that hangs keeps nobody: when a look takes too long, the
// list as it was last has to do until a look is quick again. What other processes change meanwhile
// holds as soon as the disk answers.
func (s *Store) newest() *view {
	if s.looks.fresh() {
		return s.current.Load()
	}
	if done, slow := s.looks.ask(s.look); !slow && !patient(done) {
		s.looks.tooSlow()
	}
	return s.current.Load()
}

// patient reports whether done was closed before patience ran out.
func patient(done <-chan struct{}) bool {
	tick := time.NewTicker(lookStep) // which leaves out what nobody took in time
	defer tick.Stop()
	for range lookSteps {
		select {
		case <-done:
			return true
		case <-tick.C:
		}
	}
	return false
}

// look reads the files if others have written them. While this process writes, it knows better what is
// in them.
func (s *Store) look() {
	s.mu.Lock()
	have, failed, replaced, writing := s.disk, s.failed != nil, s.replaced, s.writing
	s.mu.Unlock()
	if writing || !failed && s.files.unchanged(have) {
		return
	}
	read, err := s.files.read(have)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.writing && s.replaced == replaced { // else what was read may be older
		s.accept(read, err)
	}
}

// accept takes over what was read. What could not be read or understood leaves the list as it was: it
// says nothing of who is paired. The caller holds s.mu.
func (s *Store) accept(read content, err error) {
	if err == nil || s.failed == nil {
		s.edition++
	}
	s.disk, s.failed = read, err
	s.known = s.known || err == nil
	s.replaced++
	s.publish()
}

// looks lets one goroutine look for all who ask. A look that has begun already is too early for whoever
// asks then: that one gets the next.
type looks struct {
	mu      sync.Mutex    // guards what follows, never over a look
	next    chan struct{} // closed after the next look; nil while nobody waits for one
	running bool
	began   time.Time // when the last look did
	seen    time.Time // when the last look began that is over
	slow    bool      // somebody lost patience, and no look was quick since
}

// fresh reports whether the last look was a moment ago.
func (l *looks) fresh() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.seen) < lookGood
}

// ask has look called soon and closes done after that. It is slow when that may take long.
func (l *looks) ask(look func()) (done <-chan struct{}, slow bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = make(chan struct{})
	}
	done = l.next
	if l.running {
		return done, l.slow
	}
	l.running, l.began = true, time.Now()
	go l.run(look) // it ends when nobody waits any more
	return done, l.slow
}

func (l *looks) run(look func()) {
	for done := l.begin(); done != nil; done = l.begin() {
		look()
		l.end()
		close(done)
	}
}

// begin returns what to close after the look that begins now, or nil when nobody waits for one.
func (l *looks) begin() chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	done := l.next
	l.next, l.running, l.began = nil, done != nil, time.Now()
	return done
}

func (l *looks) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slow = l.slow && time.Since(l.began) >= lookPatience
	l.seen = l.began
}

// tooSlow is for somebody who lost patience: nobody waits any more until a look is quick.
func (l *looks) tooSlow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slow = true
}

// await looks, however long it takes, unless ctx ends first.
func (l *looks) await(ctx context.Context, look func()) {
	done, _ := l.ask(look)
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// unchanged reports whether the files are those that c was read from. A stat costs microseconds.
func (f files) unchanged(c content) bool {
	return store.Same(c.listInfo, statOf(f.list)) && store.Same(c.tallyInfo, statOf(f.tally)) && store.Same(c.removedInfo, statOf(f.removed))
}

// goesOn reports whether the files are still those that c was read from, for whoever keeps all others from writing them.
// That somebody has added to the tally may not be seen by its time of change; and the removals change with the list only.
func (f files) goesOn(c content) bool {
	if !store.Same(c.listInfo, statOf(f.list)) {
		return false
	}
	if c.tally.open {
		return f.lines.EndsAt(c.tally.end)
	}
	return store.Same(c.tallyInfo, statOf(f.tally))
}
