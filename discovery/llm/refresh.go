package llm

import (
	"context"
	"time"
)

// Calm makes Watch look five times less often, to save battery while nobody sees what it finds. Refresh still
// looks at once. Watch looks at once, too, when the calm ends.
func (s *Scanner) Calm(calm bool) {
	if s.calm.Swap(calm) && !calm {
		select {
		case s.wakes() <- struct{}{}:
		default: // it has not taken the last one yet
		}
	}
}

// pace is the time between two looks.
func (s *Scanner) pace() time.Duration {
	if s.calm.Load() {
		return calmFactor * lookEvery
	}
	return lookEvery
}

// Refresh makes the running Watch look at everything now, also at servers that it knows, and returns when
// changed has been told of the result. A server that hangs delays it by no more than a second. It returns
// early when ctx ends. While no Watch is running it waits for that.
func (s *Scanner) Refresh(ctx context.Context) {
	done := make(chan struct{})
	select {
	case s.refreshes() <- done:
	case <-ctx.Done():
		return
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// refreshes is how Refresh reaches Watch.
func (s *Scanner) refreshes() chan chan struct{} {
	s.once.Do(s.connect)
	return s.refresh
}

// wakes is how Calm reaches Watch.
func (s *Scanner) wakes() chan struct{} {
	s.once.Do(s.connect)
	return s.wake
}

func (s *Scanner) connect() {
	s.refresh = make(chan chan struct{})
	s.wake = make(chan struct{}, 1)
}
