package devices

import (
	"context"
	"sync"
	"time"
)

// watchEvery is how often Watch looks. A stat costs microseconds, works on every file system, and a removed
// phone must stop within a second.
const watchEvery = 500 * time.Millisecond

// Watch calls changed after every edit of the list since Open, by this process or another,
// until ctx ends. Its err is nil when the list is as it should be; a *store.BrokenError when the file
// made no sense, was set aside, and the list that was known was written again; any other error for
// as long as the file cannot be read, or garbage cannot be replaced.
//
// It also writes the edits that nobody waits for, and those that could not be written before. It may
// wait for that when ctx has ended.
func (s *Store) Watch(ctx context.Context, changed func(err error)) {
	var writing sync.WaitGroup
	defer writing.Wait()
	write := make(chan struct{}, 1)
	writing.Go(func() { s.flushWhen(ctx, write) })
	told := opened
	every(ctx, watchEvery, func() {
		if s.unwritten() {
			select {
			case write <- struct{}{}:
			default: // the disk is slow, and it will look for all that there is
			}
		}
		s.looks.await(ctx, s.look)
		if now, err := s.latest(); now != told {
			told = now
			changed(err)
		}
	})
}

// flushWhen writes when it is told to, until ctx ends. Whoever waits for an edit is told why it could not be written.
func (s *Store) flushWhen(ctx context.Context, write <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-write:
			_ = s.Flush()
		}
	}
}

// opened is the edition that Open reads.
const opened = 1

// latest counts the lists there have been, and tells what is wrong with this one.
func (s *Store) latest() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.edition, s.fault()
}

// every calls f again and again until ctx ends.
func every(ctx context.Context, pause time.Duration, f func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f()
		}
	}
}
