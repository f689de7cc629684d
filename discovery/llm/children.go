package llm

import (
	"net/netip"
	"slices"
	"strings"

	"modelbeam/discovery/sockets"
)

// Several servers run their models in other servers, at ports of their choice: Ollama, Lemonade, llama-swap and
// text-generation-webui each start one llama.cpp or more. Nobody should talk to those directly. They come
// and go with the models, and every model would be listed twice.

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

// isChild says that p belongs to a server in one of the places.
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

// childOf decides by three kinds of evidence, the best first.
//
// If both processes are known, a child descends from its parent. A process of another user, such as the one
// that Ollama's installer creates, is known only if its arguments name the port. Those of a child do, those
// of its parent seldom: then an ancestor of the child must be a program of the parent's kind, and both
// must run as the same user. If no process is known at all, a server is taken for a child if it has no
// model that the parent lacks, and is at a port that no person would have chosen for it.
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

// offers says that the server has a model of this name, or that the name is that of one of its files: Ollama
// names the files of its models after the hash of their bytes, which is all that its child knows.
// https://github.com/ollama/ollama/blob/main/docs/faq.mdx
func (f *found) offers(id string) bool {
	file := id[strings.LastIndexAny(id, `/\`)+1:]
	if f.Dialects&Ollama != 0 && strings.HasPrefix(file, "sha256-") {
		return true
	}
	return slices.ContainsFunc(f.Models, func(m Model) bool { return m.ID == id })
}
