package app

import (
	"slices"
	"strings"

	"modelbeam/app/devices"
	"modelbeam/discovery/llm"
	"modelbeam/tunnel"
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
		out.Pass = &tunnel.Pass{Until: p.Until, Models: p.Models, Requests: p.Requests, Used: p.Used}
	}
	return out
}

// gatewayServers are the servers that can answer, as the gateway knows them.
func gatewayServers(all []listing) []tunnel.Server {
	var out []tunnel.Server
	for _, l := range all {
		if l.Online && !l.NeedsKey && !l.Hidden {
			out = append(out, tunnel.Server{
				ID: l.ID, Name: l.Name, URL: l.llm.URL, Key: l.key, Version: l.llm.Version,
				Dialects: gatewayDialects(l.llm.Dialects), Prefixes: tunnel.Prefixes(l.llm.Paths),
				Models:   gatewayModels(shownModels(l)),
				NoStream: l.llm.Quirks.NoStream, StreamUsage: l.llm.Quirks.StreamUsage, SchemaOnly: l.llm.Quirks.SchemaOnly,
				Fronts: l.llm.Quirks.Fronts, Loading: l.llm.Loading,
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

func gatewayDialects(d llm.Dialect) (out tunnel.Dialect) {
	for from, to := range map[llm.Dialect]tunnel.Dialect{
		llm.OpenAI: tunnel.OpenAI, llm.Ollama: tunnel.Ollama, llm.Anthropic: tunnel.Anthropic,
	} {
		if d&from != 0 {
			out |= to
		}
	}
	return out
}

func gatewayModels(models []llm.Model) []tunnel.Model {
	out := make([]tunnel.Model, len(models))
	for i, m := range models {
		out[i] = tunnel.Model{
			ID: m.ID, Size: m.Size, Digest: m.Digest, Modified: m.Modified, Context: m.Context,
			Known: m.Abilities.Known, Embedding: m.Abilities.Embedding, Vision: m.Abilities.Vision, Tools: m.Abilities.Tools,
			Reasoning: m.Abilities.Reasoning, Loaded: m.Loaded, Cloud: m.Cloud,
			Details: tunnel.Details{
				ParentModel: m.Parent, Format: m.Format, Family: m.Family, Families: strings.Fields(m.Families),
				ParameterSize: m.Parameters, QuantizationLevel: m.Quantization,
			},
		}
	}
	return out
}
