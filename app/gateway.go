package app

import (
	"slices"
	"strings"

	"modelbeam/app/devices"
	"modelbeam/discovery/llm"
	"modelbeam/tunnel"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/dialect"
)

// This file turns what the core knows into what the gateway knows: discovery and tunnel share no
// types, so that neither depends on the other.

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

// gatewayServers are the servers that can answer, as the gateway knows them.
func gatewayServers(all []listing) []catalog.Server {
	var out []catalog.Server
	for _, l := range all {
		if l.Online && !l.NeedsKey && !l.Hidden {
			out = append(out, catalog.Server{
				ID: l.ID, Name: l.Name, URL: l.llm.URL, Key: l.key, Version: l.llm.Version,
				Dialects: dialect.Dialect(l.llm.Dialects), Prefixes: catalog.Prefixes(l.llm.Paths),
				Quirks: catalog.Quirks(l.llm.Quirks), Models: gatewayModels(shownModels(l)), Loading: l.llm.Loading,
			})
		}
	}
	return out
}

// shownModels are those that the person does not keep from phones.
func shownModels(l listing) []llm.Model {
	return slices.DeleteFunc(slices.Clone(l.llm.Models), func(m llm.Model) bool {
		return slices.Contains(l.HiddenModels, m.ID)
	})
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
