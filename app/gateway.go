package app

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"modelbeam/app/devices"
	"modelbeam/discovery/llm"
	"modelbeam/tunnel"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// This file turns what the core knows into what the gateway knows, and takes what the gateway tells:
// discovery and tunnel share no types, so that neither depends on the other.

// keyring lets the gateway look up keys.
type keyring struct{ *devices.Store }

// Device implements tunnel.Keyring.
func (k keyring) Device(key string) (tunnel.Device, bool) {
	d, ok := k.ByKey(key)
	return gatewayDevice(d), ok
}

// Removed implements tunnel.Keyring.
func (k keyring) Removed(key string) bool { return k.WasRemoved(key) }

func gatewayDevice(d devices.Device) tunnel.Device {
	out := tunnel.Device{ID: d.ID, Name: d.Name, Paused: d.Paused}
	if p := d.Pass; p != nil {
		out.Pass = &catalog.Pass{Until: p.Until, Models: p.Models, Requests: p.Requests, Used: p.Used}
	}
	return out
}

// gatewayServers are the servers that can answer, as the gateway knows them. Models of a list that is in before are
// taken from there: where one of several servers has changed, thousands have not.
func gatewayServers(all []listing, before modelLists) (out []catalog.Server, now modelLists) {
	now = make(modelLists)
	for _, l := range all {
		if l.Online && !l.NeedsKey && !l.Hidden {
			out = append(out, catalog.Server{
				ID: l.ID, Name: l.Name, URL: l.llm.URL, Key: l.key, Version: l.llm.Version,
				Dialects: dialect.Dialect(l.llm.Dialects), Prefixes: catalog.Prefixes(l.llm.Paths),
				Quirks: catalog.Quirks(l.llm.Quirks), Models: now.shown(l, before), Loading: l.llm.Loading,
			})
		}
	}
	return out, now
}

// modelLists are lists of models as the gateway knows them, by the list of package llm that each was made of: one
// never changes, and so is known by where it begins.
type modelLists map[*llm.Model][]catalog.Model

// shown are the models that the person does not keep from phones.
func (now modelLists) shown(l listing, before modelLists) []catalog.Model {
	if len(l.HiddenModels) > 0 {
		return gatewayModels(slices.DeleteFunc(slices.Clone(l.llm.Models), func(m llm.Model) bool {
			return slices.Contains(l.HiddenModels, m.ID)
		}))
	}
	if len(l.llm.Models) == 0 {
		return nil
	}
	first := &l.llm.Models[0]
	list := before[first]
	if len(list) != len(l.llm.Models) {
		list = gatewayModels(l.llm.Models)
	}
	now[first] = list
	return list
}

func gatewayModels(models []llm.Model) []catalog.Model {
	out := make([]catalog.Model, len(models))
	for i, m := range models {
		out[i] = catalog.Model{
			ID: m.ID, Size: m.Size, Digest: m.Digest, Modified: m.Modified, Context: m.Context,
			Abilities: catalog.Abilities(m.Abilities), Loaded: m.Loaded, Cloud: m.Cloud,
			Details: catalog.Details{
				ParentModel: m.Parent, Format: m.Format, Family: m.Family, Families: strings.Fields(m.Families),
				ParameterSize: m.Parameters, QuantizationLevel: m.Quantization,
			},
		}
	}
	return out
}

// observe passes on what the gateway tells of a request, when it begins and when it has ended. It is called
// by observed, in the order in which that was told.
func (c *Controller) observe(x tunnel.Exchange) {
	if x.Device.ID != "" { // who has no key is given no memory to speed things up
		c.memory.Observe(x.Ended)
	} else {
		c.memory.Wake()
	}
	if x.Ended {
		c.news.event("request", RequestEvent{
			Method: x.Method, Path: x.Path, Device: x.Device.ID, Server: x.Server, Model: x.Model,
			Status: x.Status, Millis: x.Duration.Milliseconds(), Bytes: x.Bytes,
			PromptTokens: x.PromptTokens, Tokens: x.Tokens,
		})
	}
	c.news.cameAround(x.Remote)
	if x.Ended && x.Path == "/pair" && x.Status == http.StatusTooManyRequests {
		c.news.problem(ProblemGuessing, guessing(x.Remote.String()))
	}
	if x.Device.ID == "" {
		return
	}
	answered := x.Ended && x.Server != "" && (x.Status < http.StatusBadRequest || x.Tokens > 0)
	if answered {
		c.shared.answered(x.Server, x.Model)
	}
	if x.Works {
		c.computer.keeper.Answered(x.Device.Name)
	}
	c.presence.observe(x, answered)
}

// encrypted tells the person that a device tries https here: the device itself does not say so in words.
func (c *Controller) encrypted(peer netip.Addr) {
	if urls := c.reach.View().URLs; len(urls) > 0 {
		c.news.problem(ProblemEncrypted, encrypted(peer.String(), urls[0]))
	}
}
