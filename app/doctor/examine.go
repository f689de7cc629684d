package doctor

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"modelbeam/discovery/firewall"
	"modelbeam/discovery/lan"
	"modelbeam/discovery/vicinity"
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

// sample is what the network looked like at one moment.
type sample struct {
	at         time.Time
	awake      time.Duration // since New, by a clock that stands still while the computer sleeps
	neighbours []vicinity.Neighbour
	traffic    vicinity.Traffic
	blind      bool // the neighbours could not be read
}

// New makes a Doctor.
func New(s Sources) *Doctor {
	return &Doctor{from: s, began: time.Now(), wake: make(chan struct{}, 1), heard: make(map[netip.Addr]time.Time)}
}

// Shown tells whether a code can be seen. What phones do from then on counts.
func (d *Doctor) Shown(visible bool) {
	d.mu.Lock()
	changed := d.shown != visible
	d.shown = visible
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

// reached says whether phones do, as far as is known at a moment or was shortly before.
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

// begin takes note of how things are as a code is first shown. It is false when none is.
func (d *Doctor) begin(ctx context.Context) bool {
	now := d.sample(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown {
		d.since, d.before = now.at, now
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

func (d *Doctor) sample(ctx context.Context) sample {
	list, err := vicinity.Neighbours(ctx, d.from.Candidates())
	if err != nil {
		d.from.Log.Debug("look at the neighbours", "error", err)
	}
	return sample{at: time.Now(), awake: time.Since(d.began), neighbours: list, traffic: vicinity.CountTraffic(), blind: err != nil}
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

// gather collects the facts. What waits for others does so at the same time.
func (d *Doctor) gather(ctx context.Context, shows Shows) Facts {
	now := d.sample(ctx) // before our own question makes others look for us
	f := Facts{Now: now.at, Shows: shows, Own: d.from.Own()}
	f.Servers, f.Demo = d.from.Servers()
	var before sample
	d.mu.Lock()
	f.Since, before = d.since, d.before
	past, left := d.past, d.left
	d.mu.Unlock()
	f.Waited = d.Waiting()
	if f.Since.IsZero() || f.Now.Sub(f.Since) > lookBack {
		f.Since = f.Now.Add(-lookBack)
	}
	if left.After(f.Since) {
		f.CodeBefore = past
	}
	f.Slept = woke(before, now)

	var all sync.WaitGroup
	all.Go(func() { f.Vicinity = d.vicinity(ctx) })
	all.Go(func() { f.Firewalls = firewall.Look(ctx, program(f.Own, d.from.Candidates(), now.neighbours)) })
	all.Go(func() { f.Doors = knock(ctx, f.Own) })
	all.Wait()
	f.Now = time.Now()
	f.split(d.from.Contacts(), d.from.Reports()) // what came meanwhile counts too
	f.Signs = f.signs(before, now, d.answered())
	return f
}

// split sorts what came by whether it counts.
func (f *Facts) split(contacts []contact.Contact, reports []contact.Report) {
	for _, c := range contacts {
		if c.Last.Before(f.Since) {
			f.Earlier = append(f.Earlier, c)
		} else {
			f.Contacts = append(f.Contacts, c)
		}
	}
	f.Reports = slices.DeleteFunc(reports, func(r contact.Report) bool { return r.Received.Before(f.Since) })
}

// vicinity looks around, and remembers who answered.
func (d *Doctor) vicinity(ctx context.Context) vicinity.Vicinity {
	v, err := vicinity.Look(ctx, d.from.Candidates())
	if err != nil {
		d.from.Log.Debug("look around", "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range v.Heard {
		d.heard[a] = time.Now()
	}
	return v
}

// answered are those who answered our questions so far.
func (d *Doctor) answered() map[netip.Addr]time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make(map[netip.Addr]time.Time, len(d.heard))
	for a, t := range d.heard {
		out[a] = t
	}
	return out
}

// program is who a firewall has to let in, at the address in the code.
func program(own Own, candidates []lan.Candidate, neighbours []vicinity.Neighbour) firewall.Program {
	p := firewall.Program{Port: int(own.Listen.Port()), Addr: own.Code}
	p.Path, _ = os.Executable() // without it there is no rule about us to be found
	i := slices.IndexFunc(candidates, func(c lan.Candidate) bool { return c.Addr == own.Code })
	if i < 0 {
		return p
	}
	p.Interface = candidates[i].Interface
	for _, n := range neighbours {
		if n.Router && n.Interface == p.Interface {
			p.RouterMAC = n.MAC
		}
	}
	return p
}

// woke is when the computer woke up between two moments, or zero.
func woke(before, now sample) time.Time {
	const asleep = 20 * time.Second // no clock is set by so much without a reason
	passed := now.at.Round(0).Sub(before.at.Round(0))
	if before.at.IsZero() || passed-(now.awake-before.awake) < asleep {
		return time.Time{}
	}
	return now.at
}

// hideHome hides whose folder a path is in.
func hideHome(text string) string {
	dir, err := os.UserHomeDir()
	if err != nil || len(dir) < 2 {
		return text
	}
	return strings.ReplaceAll(text, dir, "~")
}
