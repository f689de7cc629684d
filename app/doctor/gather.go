package doctor

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"modelbeam/discovery/firewall"
	"modelbeam/discovery/lan"
	"modelbeam/discovery/vicinity"
	"modelbeam/tunnel/contact"
)

// sample is what the network looked like at one moment.
type sample struct {
	at         time.Time
	awake      time.Duration // since New, by a clock that stands still while the computer sleeps
	neighbours []vicinity.Neighbour
	traffic    vicinity.Traffic
	blind      bool // the neighbours could not be read
}

func (d *Doctor) sample(ctx context.Context) sample {
	list, err := vicinity.Neighbours(ctx, d.from.Candidates())
	if err != nil {
		d.from.Log.Debug("look at the neighbours", "error", err)
	}
	now := d.moment()
	now.neighbours, now.blind = list, err != nil
	return now
}

// moment is a sample without the neighbours.
func (d *Doctor) moment() sample {
	return sample{at: time.Now(), awake: time.Since(d.began), traffic: vicinity.CountTraffic()}
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

// answered are those who answered our questions of late. Whoever did long ago may be a phone that looks for us now.
func (d *Doctor) answered() map[netip.Addr]time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.heard, func(_ netip.Addr, at time.Time) bool { return time.Since(at) > lookBack })
	return maps.Clone(d.heard)
}

// program is who a firewall has to let in, at the address in the code.
func program(own Own, candidates []lan.Candidate, neighbours []vicinity.Neighbour) firewall.Program {
	p := firewall.Program{Port: int(own.Listen.Port()), Addr: own.Code}
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
