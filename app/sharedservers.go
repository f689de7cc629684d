package app

import (
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"

	"modelbeam/app/settings"
	"modelbeam/tunnel"
	"modelbeam/tunnel/catalog"
)

// sharedServers are the servers as the person wants them, which the gateway is told of and the
// State shows: what a screen shows can be used.
type sharedServers struct {
	log      *slog.Logger
	news     *news
	disk     *disk
	settings *settings.Store
	servers  *servers
	gateway  *tunnel.Gateway
	refusals refusals

	// listMu keeps an older list from overtaking a newer one. It is the one lock of the core that is
	// held over others: those of servers, of refusals, of the settings, of news and the gateway's own. None
	// of them calls back.
	listMu sync.Mutex
	told   []listing  // what the gateway was told; replaced, never changed
	models modelLists // of told, as the gateway has them
	looked bool       // the first look for servers is over, and its outcome told
}

// update passes what is there on to the gateway.
func (s *sharedServers) update() {
	s.listMu.Lock() // over list too: an older list must not overtake a newer one
	defer s.listMu.Unlock()
	looked := s.servers.hasLooked() // before the list: it holds what was found by then
	all := s.wanted()
	if !reflect.DeepEqual(all, s.told) {
		s.told = all
		var servers []catalog.Server
		servers, s.models = gatewayServers(all, s.models)
		s.gateway.SetServers(servers)
		s.tellProblems(all)
		s.rememberIDs()
	}
	s.looked = looked
	s.news.changed()
}

// current returns what the gateway was told, and whether the first look for servers is over.
func (s *sharedServers) current() (told []listing, looked bool) {
	s.listMu.Lock()
	defer s.listMu.Unlock()
	return s.told, s.looked
}

// rememberIDs saves the servers' IDs if there are new ones.
func (s *sharedServers) rememberIDs() {
	ids := s.servers.knownIDs()
	if !maps.Equal(ids, s.settings.Get().ServerIDs) {
		s.settings.Change(func(s *settings.Settings) { s.ServerIDs = withIDs(s.ServerIDs, ids) })
	}
}

// withIDs is ids together with those of before that do not clash: settings that could only be read late
// know more.
func withIDs(before, ids map[string]string) map[string]string {
	all, taken := maps.Clone(ids), slices.Collect(maps.Values(ids))
	for at, id := range before {
		if _, known := all[at]; !known && !slices.Contains(taken, id) {
			all[at] = id
		}
	}
	return all
}

// tellProblems tells of one server at a time that needs something from the person. One that
// was found by scanning and is gone again is no problem: somebody stopped it.
func (s *sharedServers) tellProblems(all []listing) {
	var silent, keyless *Problem
	for _, l := range all {
		switch {
		case l.Manual && !l.Online && l.tried && silent == nil:
			silent = noAnswer(l.Name, l.URL, l.err)
		case l.Online && l.NeedsKey && !l.Hidden && keyless == nil:
			keyless = wantsKey(l.Server)
		case l.Online && !l.Hidden && keyless == nil && s.refusals.of(l.ID):
			keyless = refused(l.Server)
		}
	}
	s.news.problem(ProblemNoAnswer, silent)
	s.news.problem(ProblemWantsKey, keyless)
}

// wantsKey notes that a server refuses to answer for a model, until it does.
func (s *sharedServers) wantsKey(server, model string) {
	s.refusals.add(server, model)
	s.tellAgain()
}

// answered notes that a server answers for a model. It only touches memory.
func (s *sharedServers) answered(server, model string) {
	if s.refusals.remove(server, model) {
		s.tellAgain()
	}
}

func (s *sharedServers) tellAgain() {
	s.listMu.Lock()
	defer s.listMu.Unlock()
	s.tellProblems(s.told)
}

// refusals are the models that servers do not answer for without a key of their own or a sign-in.
// A list of models need not say so.
type refusals struct {
	mu  sync.Mutex
	all map[refusal]bool
}

type refusal struct{ server, model string }

func (r *refusals) add(server, model string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = make(map[refusal]bool)
	}
	r.all[refusal{server, model}] = true
}

// remove reports whether there was such a refusal.
func (r *refusals) remove(server, model string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.all[refusal{server, model}]
	delete(r.all, refusal{server, model})
	return was
}

// of reports whether the server refuses any model.
func (r *refusals) of(server string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(slices.Collect(maps.Keys(r.all)), func(one refusal) bool { return one.server == server })
}
