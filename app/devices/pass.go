package devices

import (
	"slices"
	"time"
)

// Pass limits what a guest's device may do, as devices.json keeps it. What is zero has no limit. The gateway
// holds its limits as a catalog.Pass, which it owns, and a screen shows it as an app.Guest.
type Pass struct {
	Until    time.Time `json:"until,omitzero"`
	Models   []string  `json:"models,omitempty"`   // as people name them; empty: all
	Requests int       `json:"requests,omitempty"` // how many it may make in all
	Used     int       `json:"used,omitempty"`     // how many it has made
}

// Invitation is what a pass will say, before it is known when it begins. The zero value invites
// to everything, for good.
type Invitation struct {
	For      time.Duration // from the moment on that its code is shown
	Tonight  bool          // until the day ends; with For, whatever comes first
	Models   []string
	Requests int
}

// Guest says that the invitation has a limit.
func (i Invitation) Guest() bool {
	return i.For > 0 || i.Tonight || len(i.Models) > 0 || i.Requests > 0
}

// Pass is what somebody gets who is invited now: nil when the invitation has no limit.
func (i Invitation) Pass(now time.Time) *Pass {
	if !i.Guest() {
		return nil
	}
	p := &Pass{Models: slices.Clone(i.Models), Requests: i.Requests}
	if i.Tonight {
		p.Until = midnight(now)
	}
	if end := now.Add(i.For); i.For > 0 && (p.Until.IsZero() || end.Before(p.Until)) {
		p.Until = end
	}
	p.Until = p.Until.UTC().Truncate(time.Second)
	return p
}

// midnight is when the day ends by the clock on the wall.
func midnight(now time.Time) time.Time {
	year, month, day := now.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, now.Location())
}
