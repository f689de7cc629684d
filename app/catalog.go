package app

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"modelbeam/app/settings"
	"modelbeam/discovery/llm"
	"modelbeam/tunnel"
)

// serversChanged passes what is there on to the gateway.
func (c *Controller) serversChanged() {
	c.catalog.Lock() // over list too: an older list must not overtake a newer one
	defer c.catalog.Unlock()
	looked := c.servers.hasLooked() // before the list: it holds what was found by then
	all := c.listed()
	if !reflect.DeepEqual(all, c.shared) {
		c.shared = all
		c.gateway.SetServers(gatewayServers(all))
		c.tellServerProblems(all)
		c.rememberIDs()
	}
	c.looked = looked
	c.watchers.wake()
}

// rememberIDs saves the servers' IDs if there are new ones.
func (c *Controller) rememberIDs() {
	ids := c.servers.knownIDs()
	if !maps.Equal(ids, c.settings.Get().ServerIDs) {
		c.settings.Change(func(s *settings.Settings) { s.ServerIDs = withIDs(s.ServerIDs, ids) })
	}
}

// withIDs is ids, with those of before that they leave free: settings that could be read late know more.
func withIDs(before, ids map[string]string) map[string]string {
	all, taken := maps.Clone(ids), slices.Collect(maps.Values(ids))
	for at, id := range before {
		if _, known := all[at]; !known && !slices.Contains(taken, id) {
			all[at] = id
		}
	}
	return all
}

// tellServerProblems says of one server at a time that it wants something of the person. One
// that was found by itself and is gone again is no problem: somebody stopped it.
func (c *Controller) tellServerProblems(all []listed) {
	var silent, keyless *Problem
	for _, l := range all {
		switch {
		case l.Manual && !l.Online && l.tried && silent == nil:
			silent = noAnswer(l.Name, l.URL, l.err)
		case l.Online && l.NeedsKey && !l.Hidden && keyless == nil:
			keyless = wantsKey(l.Server)
		case l.Online && !l.Hidden && keyless == nil && c.isRefused(l.ID):
			keyless = refused(l.Server)
		}
	}
	c.problem(kindNoAnswer, silent)
	c.problem(kindWantsKey, keyless)
}

// refusal is a model that a server does not answer for without a key of its own or a sign-in, which
// its list of models need not have told.
type refusal struct{ server, model string }

// serverWantsKey takes note of a refusal, until the same model answers.
func (c *Controller) serverWantsKey(server, model string) {
	c.mu.Lock()
	c.refused[refusal{server, model}] = true
	c.mu.Unlock()
	c.tellRefused()
}

// answered takes note that a server answers for a model. It only touches memory.
func (c *Controller) answered(server, model string) {
	c.mu.Lock()
	was := c.refused[refusal{server, model}]
	delete(c.refused, refusal{server, model})
	c.mu.Unlock()
	if was {
		c.tellRefused()
	}
}

func (c *Controller) tellRefused() {
	c.catalog.Lock()
	defer c.catalog.Unlock()
	c.tellServerProblems(c.shared)
}

func (c *Controller) isRefused(server string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for r := range c.refused {
		if r.server == server {
			return true
		}
	}
	return false
}

// gatewayServers are the servers that can answer, as the gateway knows them: discovery and
// tunnel share no types, so that neither depends on the other.
func gatewayServers(all []listed) []tunnel.Server {
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
func shownModels(l listed) []llm.Model {
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
