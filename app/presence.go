package app

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/reach"
	"modelbeam/app/usage"
	"modelbeam/tunnel"
)

const (
	// newsAfter is how long a device must have been silent for its return to be news.
	newsAfter = 5 * time.Minute
	// seenEvery is how often the times at which devices were last seen are saved.
	seenEvery = 10 * time.Second
	// usageEvery is how soon their usage is saved: "beam devices" reads it from the disk.
	usageEvery = time.Second
	// countEvery is how often the tokens of answers under way are brought up to date.
	countEvery = time.Second
	// greetedFor is how long the State names a device that has just paired.
	greetedFor = 5 * time.Second
)

// presence knows who is paired, who is there and what they did. It holds its lock over nothing but
// memory.
type presence struct {
	log     *slog.Logger
	news    *news
	disk    *disk
	reach   *reach.Reach
	devices *devices.Store
	usage   *usage.Ledger
	gateway *tunnel.Gateway
	minted  func(id string) bool // reports, once, that a device was made for the code of an app

	used chan struct{} // wakes keep: a device is there
	busy chan struct{} // wakes keepCounting: an answer is under way

	mu        sync.Mutex                // guards what follows
	roster    map[string]devices.Device // the devices as they were last, by ID
	partial   bool                      // roster is not the whole list: that could not be read yet
	seen      map[string]devices.Sight  // how devices were last seen, by ID; not yet all on disk
	let       map[string]time.Time      // when devices were last let in, by ID
	seenSaved time.Time                 // when seen was saved
	greeted   string                    // the name of the device that paired last
	greetedAt time.Time
}

func newPresence(p *presence) *presence {
	p.used, p.busy = make(chan struct{}, 1), make(chan struct{}, 1)
	p.seen, p.let, p.roster = make(map[string]devices.Sight), make(map[string]time.Time), make(map[string]devices.Device)
	p.partial = !p.devices.Known()
	for _, d := range p.devices.List() {
		p.roster[d.ID] = d
	}
	return p
}

// observe notes what a device is doing; answered says that a server has answered it. It only touches memory.
func (p *presence) observe(x tunnel.Exchange, answered bool) {
	if answered {
		p.usage.Add(x.Device.ID, x.Model, x.PromptTokens, x.Tokens)
	}
	last, moved := p.see(x)
	nudge(p.used)
	if time.Since(last) > newsAfter {
		p.news.event("device", DeviceEvent{Action: "seen", ID: x.Device.ID, Name: x.Device.Name})
	}
	if moved {
		p.checkMoved()
	}
	nudge(p.busy)
	p.news.changed()
}

// see notes that a device is there. It returns when it was last there, and whether it now came another
// way.
func (p *presence) see(x tunnel.Exchange) (last time.Time, moved bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.seen[x.Device.ID]
	now := devices.Sight{At: time.Now(), Address: cmp.Or(reach.By(x.Local), before.Address)}
	p.seen[x.Device.ID] = now
	if x.Server != "" || x.Status < http.StatusBadRequest {
		p.let[x.Device.ID] = now.At
	}
	return before.At, now.Address != before.Address
}

// paired notes that a device has paired, again or for the first time.
func (p *presence) paired(d devices.Device) {
	p.mu.Lock()
	p.roster[d.ID] = d
	seen := p.seen[d.ID]
	seen.At = time.Now()
	p.seen[d.ID], p.let[d.ID] = seen, seen.At
	p.mu.Unlock()
	nudge(p.used)
	p.greet(d)
}

// greet lets the State name a device for a moment.
func (p *presence) greet(d devices.Device) {
	p.mu.Lock()
	p.greeted, p.greetedAt = d.Name, time.Now()
	p.mu.Unlock()
	p.news.changed()
	time.AfterFunc(greetedFor, p.news.changed)
}

// justPaired is the name of the device that paired a moment ago, or empty.
func (p *presence) justPaired() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.greetedAt) < greetedFor {
		return p.greeted
	}
	return ""
}

// list returns the devices as a person sees them, the most recently seen first.
func (p *presence) list(view reach.View) []Device {
	all, running, today := p.devices.List(), p.gateway.Running(), p.usage.Today()
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Device, len(all))
	for i, d := range all {
		seen := p.seen[d.ID]
		out[i] = Device{
			ID: d.ID, Name: d.Name, Paired: d.Paired,
			LastSeen: latest(d.LastSeen, seen.At),
			Today:    Usage{Requests: today[d.ID].Requests, Tokens: today[d.ID].Tokens},
			Paused:   d.Paused, Guest: GuestOf(d.Pass),
			OldAddress: view.Lost(cmp.Or(seen.Address, d.Address)),
		}
		out[i].count(running)
	}
	slices.SortStableFunc(out, func(a, b Device) int { return lastSign(b).Compare(lastSign(a)) })
	return out
}

// count adds what d is getting right now.
func (d *Device) count(running []tunnel.Exchange) {
	for _, x := range running {
		if x.Device.ID == d.ID {
			d.Active++
			d.Tokens += x.Tokens
			d.Model = cmp.Or(x.Model, d.Model)
		}
	}
}

// lastSign is when a device was last heard of: pairing counts.
func lastSign(d Device) time.Time { return latest(d.Paired, d.LastSeen) }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a
}

// checkMoved tells the person when phones know us by an address that we no longer have.
func (p *presence) checkMoved() {
	view := p.reach.View()
	var told *Problem
	for _, d := range p.list(view) {
		if now := view.Moved(d.OldAddress); d.OldAddress != "" && now != "" {
			told = addressChanged(d.OldAddress, now)
			break
		}
	}
	p.news.problem(ProblemMoved, told)
}

// keepCounting shows how answers grow, until ctx ends.
func (p *presence) keepCounting(ctx context.Context) {
	for wait(ctx.Done(), p.busy) {
		for p.gateway.Busy() {
			if !sleep(ctx.Done(), countEvery) {
				return
			}
			p.news.changed()
		}
	}
}
