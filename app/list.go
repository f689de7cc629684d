package app

import (
	"net/url"
	"slices"

	"modelbeam/app/demo"
	"modelbeam/app/download"
	"modelbeam/discovery/llm"
)

// listing is a server as both the gateway and the person need it.
type listing struct {
	Server
	llm   llm.Server
	named *url.URL // as it was named by hand
	key   string   // the server's own, for the gateway alone
	tried bool     // it was asked at least once
	err   error    // why it does not answer
}

// hasLooked says whether the first look is over.
func (s *servers) hasLooked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looked
}

// list returns every server, those added by hand first and the demo model last. The demo is there
// while there is nothing else to share: another user's server does not count unless it is in shared.
func (s *servers) list(shared []string) []listing {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []listing
	for _, m := range s.added {
		all = append(all, s.listAdded(m))
	}
	for _, f := range s.found {
		if !slices.ContainsFunc(s.added, func(m *addedServer) bool { return m.isAt(f.URL) }) {
			all = append(all, s.listFound(f))
		}
	}
	ours := func(l listing) bool { return l.Online && !l.withheld(shared) }
	if s.demo != nil && (s.opts.Demo == "on" || s.looked && !slices.ContainsFunc(all, ours)) {
		all = append(all, s.listDemo())
	}
	return all
}

// withheld reports whether the server belongs to another user and is not among those that are shared
// all the same. They are named by ownedURL: whoever has the address next was not meant.
func (l listing) withheld(shared []string) bool {
	return l.User != "" && !l.Manual && !slices.Contains(shared, ownedURL(l.URL, l.User))
}

func (s *servers) listAdded(m *addedServer) listing {
	is := m.status()
	if is.server.URL == nil { // it has not answered yet: its URL is all that is known of it
		return listing{
			Server: Server{
				ID: m.url.Host, Kind: "unknown", Name: m.url.Host, URL: m.url.Redacted(), Models: []string{}, Manual: true,
			},
			named: m.url, tried: is.tried, err: is.err,
		}
	}
	l := s.listFound(is.server)
	l.Manual, l.Online, l.named = true, is.err == nil, m.url
	l.key, l.tried, l.err = is.key, true, is.err
	if !l.Online {
		l.Models, l.CloudModels = []string{}, nil
	}
	return l
}

func (s *servers) listFound(f llm.Server) listing {
	id := s.id(f)
	return listing{
		Server: Server{
			ID: id, Kind: f.Kind, Name: f.Name, URL: f.URL.Redacted(), Models: modelNames(f), Online: true, NeedsKey: f.NeedsKey, User: f.User,
			Loading: f.Loading, CloudModels: f.CloudModels(), ModelsPage: download.Page(f.Kind),
		},
		llm: f,
		key: s.keyAt(f, id),
	}
}

func (s *servers) listDemo() listing {
	return listing{
		Server: Server{
			ID: KindDemo, Kind: KindDemo, Name: "Demo", URL: s.demo.String(), Models: []string{demo.Model}, Online: true,
			Manual: s.opts.Demo == "on",
		},
		llm: llm.Server{
			Kind: KindDemo, Name: "Demo", URL: s.demo, Dialects: llm.OpenAI, Models: []llm.Model{{ID: demo.Model, Abilities: llm.Abilities{Known: true}}},
		},
	}
}
