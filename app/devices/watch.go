package devices

import (
	"context"
	"time"
)

// Watch calls changed after every edit of the list since Open, by this process or another,
// until ctx ends. Its err is nil when the list is as it should be; a *store.BrokenError when the file
// made no sense, was set aside, and the list that was known was written again; any other error for
// as long as the file cannot be read, or garbage cannot be replaced. It looks twice a second: a
// stat costs microseconds, works on every file system, and a removed phone must stop within a
// second.
func (s *Store) Watch(ctx context.Context, changed func(err error)) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	told := opened
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now, err := s.edition(); now != told {
			told = now
			changed(err)
		}
	}
}

// opened is the edition that Open reads.
const opened = 1

// edition counts the lists there have been, and tells what was wrong with this one. Somebody
// else may have read the newest first: ByKey does.
func (s *Store) edition() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outdated() {
		s.reload()
	}
	s.mend()
	return s.edits, s.fault()
}
