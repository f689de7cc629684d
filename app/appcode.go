package app

import (
	"time"

	"modelbeam/tunnel/clients"
)

// codeLife is how long the key in an app's own QR code lives unless it is used.
const codeLife = 10 * time.Minute

// CodeApps are the chat apps with a scanner of their own, which a camera app cannot replace.
func (c *Controller) CodeApps() []CodeApp {
	var apps []CodeApp
	for _, offer := range clients.For(clients.Connection{}) {
		if w, ok := withCode(offer); ok {
			apps = append(apps, CodeApp{ID: offer.ID, Name: offer.Name, Steps: w.Steps})
		}
	}
	return apps
}

// AppCode makes the QR code's text for one of CodeApps and calls show with it, on another
// goroutine; with "" when that is not possible now. The text holds a key of its own, which
// becomes a device when the app uses it and is void when nobody does within 10 minutes. While
// guests are invited, it is a guest's.
func (c *Controller) AppCode(appID string, show func(text string)) {
	c.disk.list.later(func() {
		s := c.State()
		if s.Phase != Sharing || len(s.URLs) == 0 {
			show("")
			return
		}
		for _, app := range c.CodeApps() {
			if app.ID == appID {
				show(c.codeFor(app, s))
				return
			}
		}
		show("")
	})
}

func (c *Controller) codeFor(app CodeApp, s State) string {
	d, key, err := c.devices.AddUnused(app.Name, c.invitations.pass(), codeLife)
	c.disk.saved(err)
	c.invitations.mint(d.ID)
	c.log.Info("key for an app made", "app", app.ID, "device", d.ID)
	connection := clients.Connection{
		Base: s.URLs[0], Key: key, Name: s.Name, ID: c.id,
		Models: c.gateway.ClientModels(gatewayDevice(d).Pass),
	}
	for _, offer := range clients.For(connection) {
		if w, ok := withCode(offer); ok && offer.ID == app.ID {
			return w.Code
		}
	}
	return ""
}

func withCode(o clients.Offer) (clients.Way, bool) {
	for _, w := range o.Ways {
		if w.Code != "" {
			return w, true
		}
	}
	return clients.Way{}, false
}
