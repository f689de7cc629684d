package catalog

import (
	"slices"
	"strings"
	"time"
)

// Pass is what a guest's device may do. Its limits hold here, whatever the device's apps know of
// them. A nil Pass is no guest's: it allows everything, for good. A Pass is never changed after it was
// handed out, so any goroutine may read it.
//
// The core has two more of the kind: devices.Pass is the form on the disk, and app.Guest the one that screens
// show. They are types of their own because the gateway imports nothing of the core, and a file must not
// change its form when the gateway does.
type Pass struct {
	Until    time.Time // the end; zero: none
	Models   []string  // the models it may use, as people name them: on whichever server; empty: all
	Requests int       // how many requests may go to servers; 0: no limit
	Used     int       // how many of them have gone
}

// Ended reports whether the pass's time is over.
func (p *Pass) Ended(now time.Time) bool {
	return p != nil && !p.Until.IsZero() && !now.Before(p.Until)
}

// Allows reports whether the pass is for m. A request that names no model would get one of the
// server's choice, so that is only for those who may use all. Lists ask it in Catalog.Shown, requests in
// Catalog.Find and in the gateway's choose.
func (p *Pass) Allows(m *Model) bool {
	return p == nil || len(p.Models) == 0 || m != nil && slices.ContainsFunc(p.Models, m.called)
}

// called reports whether name means m: its id, the id without Ollama's ":latest", or either with the
// @server that lists add where several servers have it.
func (m *Model) called(name string) bool {
	if name == m.ID || name+":latest" == m.ID {
		return true
	}
	i := strings.LastIndexByte(name, '@')
	return i > 0 && (name[:i] == m.ID || name[:i]+":latest" == m.ID)
}

// Left is how many requests the pass has left, of those that are limited.
func (p *Pass) Left() int { return max(0, p.Requests-p.Used) }

// MayMean reports whether name may be a model of the pass, however it is written. It is asked before
// anything about a model is looked up or told, so that a guest learns nothing of the others.
func (p *Pass) MayMean(name string) bool {
	if p == nil || len(p.Models) == 0 || name == "" {
		return true
	}
	asked := plainNames(name)
	return slices.ContainsFunc(p.Models, func(model string) bool {
		return slices.ContainsFunc(plainNames(model), func(bare string) bool { return slices.Contains(asked, bare) })
	})
}

// plainNames are a model's names without the @server that lists may add, and without what Ollama's names may
// have more or less of.
func plainNames(name string) []string {
	names := []string{name}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		names = append(names, name[:i])
	}
	for i, n := range names {
		n = strings.TrimPrefix(strings.ToLower(n), "registry.ollama.ai/")
		names[i] = strings.TrimSuffix(strings.TrimPrefix(n, "library/"), ":latest")
	}
	return names
}

// Terms is a pass as the device that holds it is told of it: only what limits it, and what is left. It is part
// of the HTTP surface, so Pass can change without it.
type Terms struct {
	Until    *time.Time `json:"until,omitempty"`
	Models   []string   `json:"models,omitempty"`
	Requests int        `json:"requests,omitempty"`
	Left     *int       `json:"left,omitempty"`
}

// Terms returns nil for a device that is no guest's.
func (p *Pass) Terms() *Terms {
	if p == nil {
		return nil
	}
	t := &Terms{Models: p.Models, Requests: p.Requests}
	if !p.Until.IsZero() {
		until := p.Until.UTC()
		t.Until = &until
	}
	if p.Requests > 0 {
		left := p.Left()
		t.Left = &left
	}
	return t
}
