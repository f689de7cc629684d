package llm

import (
	"net/netip"
	"slices"
	"strings"

	"modelbeam/discovery/sockets"
)

// Several servers run their models in servers of their own, on ports that they pick: Ollama,
// Lemonade, llama-swap and text-generation-webui each start one llama.cpp or more. Nobody should
// talk to those directly, which come and go with the models, and whose models would be listed twice.

// withoutChildren leaves out the servers that are part of another one.
func withoutChildren(places map[netip.AddrPort]*place) map[netip.AddrPort]found {
	all := make(map[netip.AddrPort]found)
	for ep, p := range places {
		if p.found != nil && !p.isChild(places) {
			all[ep] = *p.found
		}
	}
	return all
}

// isChild says that one of the places is a server that p belongs to.
func (p *place) isChild(places map[netip.AddrPort]*place) bool {
	if !p.found.kind.engine {
		return false
	}
	for _, q := range places {
		if q.found != nil && q != p && p.childOf(q) {
			return true
		}
	}
	return false
}

// childOf goes by the processes. Those of another user, such as the one that Ollama's installer makes,
// are known only where their arguments tell the port, which is so for a child and seldom for its
// parent: that one is then known by the name of its program. Without any process, a server is taken
// for a child if it has nothing that the other has not, at a port that no person would have chosen
// for it.
func (p *place) childOf(parent *place) bool {
	if p.PID != 0 && parent.PID != 0 {
		return slices.ContainsFunc(p.parents, func(a sockets.Process) bool { return a.PID == parent.PID })
	}
	if p.PID != 0 && p.Account.Known && p.Account == parent.Account && slices.ContainsFunc(p.parents, parent.found.kind.runsIn) {
		return true
	}
	if p.found.kind.usual(int(p.Addr.Port())) || parent.found.kind.engine || len(p.found.Models) == 0 {
		return false
	}
	foreign := func(m Model) bool { return !parent.found.offers(m.ID) }
	return !slices.ContainsFunc(p.found.Models, foreign)
}

// offers says that the server has a model of this name, or that the name is that of one of its
// files: Ollama keeps models under the sum of their bytes, which is all that its child knows.
// https://github.com/ollama/ollama/blob/main/docs/faq.mdx
func (f *found) offers(id string) bool {
	file := id[strings.LastIndexAny(id, `/\`)+1:]
	if f.Dialects&Ollama != 0 && strings.HasPrefix(file, "sha256-") {
		return true
	}
	return slices.ContainsFunc(f.Models, func(m Model) bool { return m.ID == id })
}
