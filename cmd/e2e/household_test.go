package e2e

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

const (
	householdModel = "m"
	guestRequests  = 100_000 // more than a guest can spend here
)

// household is several phones and what they know for sure: what they were told.
type household struct {
	state, server string
	getReady      time.Duration // what beam took to be ready when it was last seen to be, or did not do for

	mu     sync.Mutex // guards what follows
	phones []*resident
	// How often each of these was told to somebody.
	paired, renewed, removed, spent int
}

// resident is a phone that was told its key.
type resident struct {
	*handset
	id      string
	doomed  bool // somebody began to remove it: until that is told, its key may work or not
	removed bool
	guest   bool
	spent   int // the requests of its pass that were answered
}

// pair pairs a phone, a new one or one of the old, with the code that beam shows.
func (h *household) pair(ctx context.Context, t *testing.T, b *beam) {
	code, ok := b.nextCode(ctx)
	if !ok {
		return
	}
	phone := h.choose(func(r *resident) bool { return !r.doomed && !r.guest })
	again := phone != nil && rand.IntN(2) == 0
	if !again {
		phone = &resident{handset: newHandset(t)}
	}
	before := phone.key
	got, err := phone.handset.pair(ctx, b.url, code, "phone")
	if err != nil || got.Status != http.StatusOK {
		return // killed
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !again {
		phone.id = got.Device.ID
		h.phones = append(h.phones, phone)
		h.paired++
		return
	}
	switch same := got.Device.ID == phone.id && got.Key == before; {
	case same:
		h.renewed++
	case phone.doomed: // it was removed just then, and is a new one now
		phone.key = before
		h.phones = append(h.phones, &resident{handset: &handset{phone.client, got.Key}, id: got.Device.ID})
	default:
		t.Errorf("phone %s came again and is %s now; it has the same key: %t", phone.id, got.Device.ID, got.Key == before)
	}
}

// remove removes a phone with the command, which is killed together with beam.
func (h *household) remove(ctx context.Context, t *testing.T, _ *beam) {
	phone := h.choose(func(r *resident) bool { return !r.doomed && !r.guest })
	if phone == nil || rand.IntN(5) > 0 { // most stay a while, and come again
		rest(ctx)
		return
	}
	h.note(func() { phone.doomed = true })
	cmd := exec.CommandContext(ctx, beamCommand(t).Path, "devices", "remove", phone.id, "--state", h.state)
	if cmd.Run() == nil {
		h.note(func() { phone.removed, h.removed = true, h.removed+1 })
	}
}

// spend makes a request with a guest's key.
func (h *household) spend(ctx context.Context, t *testing.T, b *beam) {
	guest := h.choose(func(r *resident) bool { return r.guest })
	if guest == nil {
		h.invite(ctx, t)
		return
	}
	body := []byte(`{"model":"` + householdModel + `","stream":true,"messages":[]}`)
	got, err := guest.do(ctx, http.MethodPost, b.url+"/v1/chat/completions", body)
	if err == nil && got.Status == http.StatusOK {
		h.note(func() { guest.spent, h.spent = guest.spent+1, h.spent+1 })
	}
	rest(ctx)
}

func (h *household) invite(ctx context.Context, t *testing.T) {
	out, err := exec.CommandContext(ctx, beamCommand(t).Path, "devices", "add", "guest", "--json",
		"--guest-requests", strconv.Itoa(guestRequests), "--state", h.state).Output()
	var added pairedDevice
	if err != nil || json.Unmarshal(out, &added) != nil {
		return // killed
	}
	guest := &resident{handset: newHandset(t), id: added.ID, guest: true}
	guest.key = added.Key
	h.note(func() { h.phones = append(h.phones, guest) })
}

// choose returns one of the phones that are as they should be, or nil.
func (h *household) choose(ok func(*resident) bool) *resident {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range rand.Perm(len(h.phones)) {
		if ok(h.phones[i]) {
			return h.phones[i]
		}
	}
	return nil
}

func (h *household) note(what func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	what()
}

// rest leaves the processor to the others for a moment.
func rest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Millisecond):
	}
}
