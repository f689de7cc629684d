package tunnel

import (
	"net"
	"net/http"
	"strconv"
	"strings"

	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/clients"
	"modelbeam/tunnel/hosts"
)

// serveApps answers GET /apps: how each chat app takes this connection over, at the address that
// the device has used or, for ?base=local, at the one that lasts, where there is one. The answer
// holds the key that the request came with, and is kept nowhere.
func (g *Gateway) serveApps(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	base := baseAddress(r)
	if local := g.local(); local != "" && r.URL.Query().Get("base") == "local" {
		base = local
	}
	offers := clients.For(clients.Connection{
		Base: base, Key: c.key, Name: g.Name, ID: g.ID,
		Models: g.ClientModels(c.device.Pass),
	})
	if err := clients.Draw(offers); err != nil {
		g.log.Warn("offer apps", "error", err) // those offers have other ways left
	}
	writeJSON(w, r, struct {
		Apps []clients.Offer `json:"apps"`
	}{offers})
}

// baseAddress is what apps are given: the address that the device has just used. A .local name
// becomes the IPv4 address that it stood for, because Android and many apps cannot resolve one.
func baseAddress(r *http.Request) string {
	host, ok := hosts.Name(r.Host)
	if !ok {
		host, _, _ = net.SplitHostPort(r.Host) // guard lets nobody in with what is not even this
	}
	if local := hosts.Local(r); strings.HasSuffix(strings.ToLower(host), ".local") && local.Is4() {
		host = local.String()
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	_, port, _ := net.SplitHostPort(r.Host) // an error: there is none
	if _, err := strconv.ParseUint(port, 10, 16); err == nil {
		host += ":" + port
	}
	return "http://" + host
}

// ClientModels returns the models that a device with p may use, as apps are given them, for
// connections that are made outside of the gateway; p is nil for all. Any goroutine may call it.
func (g *Gateway) ClientModels(p *catalog.Pass) []clients.Model {
	shown := g.chooser.models().Shown(p)
	models := make([]clients.Model, len(shown))
	for i, e := range shown {
		models[i] = clients.Model{ID: e.Name, Context: e.Model.Context, Abilities: e.Model.Abilities}
	}
	return models
}
