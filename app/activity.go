package app

import (
	"context"
	"net/http"
	"time"

	"modelbeam/app/devices"
	"modelbeam/tunnel"
)

const (
	// again is how long a device must have been silent to be news when it is seen.
	again = 5 * time.Minute
	// seenEvery is how often it is saved when devices were last seen.
	seenEvery = 10 * time.Second
	// usageEvery is how soon it is saved what they did: "beam devices" reads it from the disk.
	usageEvery = time.Second
	// countEvery is how often the tokens of answers under way are brought up to date.
	countEvery = time.Second
)

// observe counts what devices are doing. The gateway calls it on every request, so it only
// touches memory.
func (c *Controller) observe(x tunnel.Exchange) {
	if x.Ended {
		c.event("request", RequestEvent{
			Method: x.Method, Path: x.Path, Device: x.Device.ID, Server: x.Server, Model: x.Model,
			Status: x.Status, Millis: x.Duration.Milliseconds(), Bytes: x.Bytes,
			PromptTokens: x.PromptTokens, Tokens: x.Tokens,
		})
	}
	c.cameAround(x.Remote)
	if x.Ended && x.Path == "/pair" && x.Status == http.StatusTooManyRequests {
		c.problem(kindGuessing, guessing(x.Remote.String()))
	}
	id := x.Device.ID
	if id == "" {
		return
	}
	if x.Ended && x.Server != "" && (x.Status < http.StatusBadRequest || x.Tokens > 0) {
		c.usage.Add(id, x.Model, x.PromptTokens, x.Tokens)
		c.answered(x.Server, x.Model)
		nudge(c.used)
	}
	last, moved := c.see(x)
	if time.Since(last) > again {
		c.event("device", DeviceEvent{Action: "seen", ID: id, Name: x.Device.Name})
	}
	if moved {
		c.checkMoved()
	}
	nudge(c.busy)
	c.watchers.wake()
}

// see notes that a device is there, when it was last before, and whether it came another way.
func (c *Controller) see(x tunnel.Exchange) (last time.Time, moved bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := x.Device.ID
	before := c.seen[id]
	now := devices.Sight{At: time.Now(), Address: before.Address}
	if at := reachedBy(x.Local); at != "" {
		now.Address = at
	}
	c.seen[id] = now
	return before.At, now.Address != before.Address
}

// keepCounting shows how answers grow, until ctx ends.
func (c *Controller) keepCounting(ctx context.Context) {
	for wait(ctx.Done(), c.busy) {
		for len(c.gateway.Running()) > 0 {
			if !sleep(ctx.Done(), countEvery) {
				return
			}
			c.watchers.wake()
		}
	}
}

// saveUsage writes down what devices did. That it cannot be saved is not worth a word to the
// person: what must be saved tells of a full disk by itself.
func (c *Controller) saveUsage() {
	if err := c.usage.Save(); err != nil {
		c.log.Warn("What phones did cannot be saved", "err", err)
	}
}
