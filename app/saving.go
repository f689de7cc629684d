package app

import (
	"context"
	"maps"
	"time"

	"modelbeam/app/devices"
)

// keep writes down who was there and what they did, until ctx ends. What happens while the gateway
// closes is left to save.
func (p *presence) keep(ctx context.Context) {
	var saveSeen, saveUsage <-chan time.Time // nil while there is nothing to save
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.used:
			if saveSeen == nil {
				saveSeen = time.After(seenEvery)
			}
			if saveUsage == nil {
				saveUsage = time.After(usageEvery)
			}
		case <-saveSeen:
			saveSeen = nil
			if !p.saveSeen() {
				saveSeen = time.After(seenEvery)
			}
		case <-saveUsage:
			saveUsage = nil
			p.saveUsage()
		}
	}
}

// save writes down everything that is not on the disk yet.
func (p *presence) save() {
	p.saveSeen()
	p.disk.saved(p.devices.Fold())
	p.saveUsage()
}

// saveUsage writes down what devices did. A failure is not worth a word to the person: whatever has
// to be saved will tell of a full disk.
func (p *presence) saveUsage() {
	if err := p.usage.Save(); err != nil {
		p.log.Warn("save what phones did", "error", err)
	}
}

// saveSeen writes down how devices were last seen, if any was let in since the last time: a device that
// is not there, or is only refused, costs the disk nothing. It reports false when that is to be tried again.
func (p *presence) saveSeen() bool {
	now := time.Now()
	p.mu.Lock()
	seen := maps.Clone(p.seen)
	maps.DeleteFunc(seen, func(id string, _ devices.Sight) bool { return p.let[id].IsZero() || p.let[id].Before(p.seenSaved) })
	p.mu.Unlock()
	if len(seen) == 0 {
		return true
	}
	err := p.devices.Saw(seen)
	p.disk.saved(err)
	if err == nil {
		p.mu.Lock()
		p.seenSaved = now
		p.mu.Unlock()
	}
	return err == nil
}

// saveAgain writes down what is not on the disk yet about devices, because it could not be written or because
// nobody waited for it.
func (p *presence) saveAgain() {
	if err := p.devices.Flush(); err != nil {
		p.disk.saved(err)
	}
}
