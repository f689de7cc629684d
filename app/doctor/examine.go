package doctor

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"modelbeam/discovery/lan"
	"modelbeam/tunnel/contact"
)

const (
	// lookBack is how old what came may be to count.
	lookBack = 10 * time.Minute
	// patience is how long a code is shown before somebody whose phone has not come is offered help.
	patience = 30 * time.Second
)

// Sources are where a Doctor gets its facts that others have. All may be called from any goroutine and do not wait.
type Sources struct {
	Own        func() Own
	Candidates func() []lan.Candidate
	Contacts   func() []contact.Contact // the newest first
	Reports    func() []contact.Report
	Servers    func() (list []Server, demo bool)
	// Changed is told when Waiting is another.
	Changed func()
	Log     *slog.Logger
}

// Doctor knows what was there when a code was shown, and examines what is there now. Its methods may be called from any
// goroutine. It looks at nothing but when a code is first shown, 30 s later, and when it is asked.
type Doctor struct {
	from  Sources
	began time.Time
	wake  chan struct{} // for Run: whether a code is shown has changed

	mu      sync.Mutex // guards what follows
	shown   bool
	since   time.Time // the trouble that is examined began then
	before  sample
	heard   map[netip.Addr]time.Time // who answered our own question, and when: it has not looked for us by itself
	waiting bool
	code    netip.Addr // the address in the code
	past    netip.Addr // the one that it had until left, which was another
	left    time.Time
	last    Diagnosis
	shows   Shows // at the last Examine
}

// New makes a Doctor.
func New(s Sources) *Doctor {
	return &Doctor{from: s, began: time.Now(), wake: make(chan struct{}, 1), heard: make(map[netip.Addr]time.Time)}
}

// Shown tells whether a code can be seen. What phones do from then on counts, so it takes note of how things are at once,
// which takes well below a millisecond: a phone may come sooner than Run gets to anything.
func (d *Doctor) Shown(visible bool) {
	now := d.moment()
	d.mu.Lock()
	changed := d.shown != visible
	d.shown = visible
	if changed && visible {
		d.since, d.before = now.at, now
	}
	d.mu.Unlock()
	if !changed {
		return
	}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Coded takes note of the address in the code. A phone may have read an earlier one.
func (d *Doctor) Coded(address netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !address.IsValid() || address == d.code {
		return
	}
	if d.code.IsValid() {
		d.past, d.left = d.code, time.Now()
	}
	d.code = address
}

// Waiting says that a code was shown for 30 s, and that no phone has reached us since, or shortly before. Where phones of
// this household have come in on this network some day, nobody waits for one by looking at the window.
func (d *Doctor) Waiting() bool {
	d.mu.Lock()
	waiting, since := d.waiting, d.since
	d.mu.Unlock()
	return waiting && !d.reached(since)
}

// reached says whether phones have reached us: on this network some day, or since shortly before a moment.
func (d *Doctor) reached(since time.Time) bool {
	f := Facts{Own: d.from.Own(), Contacts: d.from.Contacts()}
	c, ok := f.came()
	return f.Own.Familiar || ok && c.Last.After(since.Add(-lookBack))
}

// Run waits for phones while a code is shown, until ctx ends.
func (d *Doctor) Run(ctx context.Context) {
	timer := time.NewTimer(patience)
	timer.Stop()
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
			timer.Stop()
			d.setWaiting(false)
			if d.begin(ctx) {
				timer.Reset(patience)
			}
		case <-timer.C:
			d.setWaiting(!d.reached(time.Now()))
		}
	}
}

// begin takes note of who is there as a code is first shown: asking for that may take a while on some systems. It is
// false when none is shown.
func (d *Doctor) begin(ctx context.Context) bool {
	now := d.sample(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown {
		d.before.neighbours, d.before.blind = now.neighbours, now.blind
	}
	return d.shown
}

// restart forgets what phones did so far: something was mended, and only what they do now counts.
func (d *Doctor) restart(ctx context.Context) {
	now := d.sample(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.since, d.before = now.at, now
}

func (d *Doctor) setWaiting(waiting bool) {
	d.mu.Lock()
	changed := d.waiting != waiting
	d.waiting = waiting
	d.mu.Unlock()
	if changed {
		d.from.Changed()
	}
}

// Examine finds out what stands in the way of a phone that shows this. It takes 2 s at the most, and sends nothing but
// one multicast question, and questions to our own addresses.
func (d *Doctor) Examine(ctx context.Context, shows Shows) Diagnosis {
	f := d.gather(ctx, shows)
	diagnosis := Diagnose(f)
	if diagnosis.Cause == Slept {
		d.restart(ctx) // it is awake now
	}
	d.mu.Lock()
	d.last, d.shows = diagnosis, shows
	d.mu.Unlock()
	d.from.Log.Info("examined why a phone cannot connect", "cause", diagnosis.Cause, "sure", diagnosis.Sure, "between", diagnosis.Between, "proof", diagnosis.Proof)
	return diagnosis
}
