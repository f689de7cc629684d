package lan

import (
	"context"
	"log/slog"
	"time"
)

const (
	settleTime = 500 * time.Millisecond // changes come in bursts: link, address, route
	pollEvery  = 15 * time.Second       // what no event tells: sleep and wake-up, above all
)

// Watch calls changed with what Look finds: at once, even without candidates, and from then on whenever that
// changes, about half a second after the network does. It blocks until ctx ends. It calls changed from
// the goroutine that it was called on, one call at a time.
//
// A look that fails is logged and counts as no network; the next look may do better.
func Watch(ctx context.Context, log *slog.Logger, changed func(Survey)) {
	events, err := subscribe(ctx)
	if err != nil {
		log.Warn("no events of network changes, polling only", "error", err, "every", pollEvery)
	}
	follow(ctx, log, events, Look, changed)
}

// follow is Watch with everything that touches the machine passed in. One timer serves both
// waits: it runs for the poll, and is cut short when an event comes.
func follow(
	ctx context.Context, log *slog.Logger, events <-chan struct{}, survey func() (Survey, error), changed func(Survey),
) {
	look := func() Survey {
		s, err := survey()
		if err != nil {
			log.Warn("look for network addresses", "error", err)
		}
		return s
	}
	known := look()
	changed(known)
	timer := time.NewTimer(pollEvery)
	defer timer.Stop()
	settling := false
	for {
		select {
		case <-ctx.Done():
			return
		case _, more := <-events:
			if !more {
				events = nil // the subscription broke; the poll goes on
				continue
			}
			// Count from the first event of a burst, not from the last: a network that keeps changing
			// must not put the look off for ever.
			if !settling {
				settling = true
				timer.Reset(settleTime)
			}
			continue
		case <-timer.C:
		}
		settling = false
		timer.Reset(pollEvery)
		if now := look(); !now.equal(known) {
			known = now
			changed(known)
		}
	}
}
