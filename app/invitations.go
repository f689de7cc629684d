package app

import (
	"context"
	"sync"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/pairing"
)

// Invitation is what a phone may do that uses the pairing code; the zero value is everything,
// for good.
type Invitation = devices.Invitation

// invitations make the pairing code that a person sees. Their lock is held over that of pairing.Codes
// and no other.
type invitations struct {
	usual   Invitation  // what the command line made the usual
	open    func() bool // whether a code could be used at all
	changed func()
	renew   chan struct{} // wakes keep: somebody looks, or a code was used

	mu      sync.Mutex // guards what follows
	codes   pairing.Codes
	visible bool // somebody can see the pairing code
	invited Invitation
	shown   Pairing         // without the URL
	minted  map[string]bool // devices made for the code of an app and not seen yet
}

func newInvitations(usual Invitation, open func() bool, changed func()) *invitations {
	return &invitations{
		usual: usual, invited: usual, open: open, changed: changed,
		renew: make(chan struct{}, 1), minted: make(map[string]bool),
	}
}

// show tells whether somebody can see the pairing code. It lives only while somebody can.
func (i *invitations) show(visible bool) {
	i.mu.Lock()
	i.visible = visible
	i.mu.Unlock()
	nudge(i.renew)
}

// invite makes codes for such guests from now on; the zero Invitation makes them usual again. Codes
// shown before are void: they promised something else.
func (i *invitations) invite(guest Invitation) {
	if !guest.Guest() {
		guest = i.usual
	}
	i.mu.Lock()
	i.codes.Revoke()
	i.invited, i.shown = guest, Pairing{}
	i.mu.Unlock()
	i.changed()
	nudge(i.renew)
}

// keep has a fresh pairing code ready while it can be seen and used, until ctx ends.
func (i *invitations) keep(ctx context.Context) {
	expire := time.NewTimer(pairing.Life)
	defer expire.Stop()
	for {
		i.refresh()
		expire.Reset(pairing.Life)
		select {
		case <-ctx.Done():
			return
		case <-i.renew:
		case <-expire.C:
			i.drop()
		}
	}
}

// refresh makes the pairing code what it should be: a code that works, or none.
func (i *invitations) refresh() {
	open := i.open()
	i.mu.Lock()
	wanted, has := i.visible && open, i.shown.Code != ""
	switch {
	case wanted && !has:
		pass := i.invited.Pass(time.Now())
		code, expires := i.codes.New(pass)
		i.shown = Pairing{Code: code, Expires: expires.UTC(), Guest: GuestOf(pass)}
	case !wanted && has:
		i.codes.Revoke()
		i.shown = Pairing{}
	}
	i.mu.Unlock()
	if wanted != has {
		i.changed()
	}
}

// drop takes the code off the screen: it is used or too old.
func (i *invitations) drop() {
	i.mu.Lock()
	i.shown = Pairing{}
	i.mu.Unlock()
	i.changed()
}

// use takes a code that a phone sent, and returns what that phone may do. The error is one of
// package pairing. The next code is made when the device is known.
func (i *invitations) use(typed string) (*devices.Pass, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.codes.Use(typed)
}

// used makes a new code after a device has paired.
func (i *invitations) used() {
	i.drop()
	nudge(i.renew)
}

// current is the pairing code with the address that makes it a QR code, the first of urls.
func (i *invitations) current(urls []string) Pairing {
	i.mu.Lock()
	defer i.mu.Unlock()
	p := i.shown
	if p.Code != "" && len(urls) > 0 {
		p.URL = urls[0] + "/#c=" + p.Code
	}
	return p
}

// pass is what somebody may do who is invited now.
func (i *invitations) pass() *devices.Pass {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.invited.Pass(time.Now())
}

// mint notes that a device was made for the code of an app.
func (i *invitations) mint(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.minted[id] = true
}

// claim reports whether a device was made for the code of an app, and forgets it: the device is
// somebody's now.
func (i *invitations) claim(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	made := i.minted[id]
	delete(i.minted, id)
	return made
}
