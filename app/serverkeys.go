package app

import (
	"strings"

	"modelbeam/discovery/llm"
)

// keyOfFound returns the key that the command line gave for a server that was found. A key belongs to
// one address: the one that was named, or the first at which a server of the named kind was found.
// At any other address, anybody could claim to be of that kind.
func (s *servers) keyOfFound(f llm.Server) string {
	s.mu.Lock()
	id := s.id(f)
	s.mu.Unlock()
	return s.keyAt(f, id)
}

// keyOfNamed returns the key that the command line gave for the kind of a server that was added by
// hand. The first server of that kind gets it, and no other.
func (s *servers) keyOfNamed(f llm.Server) string {
	key := s.keyOf(f.Kind, f.Name)
	if key == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, given := s.keyed[f.Kind]; !given {
		s.keyed[f.Kind] = f.URL.String()
	}
	if s.keyed[f.Kind] != f.URL.String() {
		return ""
	}
	return key
}

func (s *servers) keyAt(f llm.Server, id string) string {
	names := []string{id, f.URL.Host, f.URL.String()}
	if id == f.Kind {
		names = append(names, f.Name)
	}
	return s.keyOf(names...)
}

// keyOf returns the key that the command line gave for any of a server's names.
func (s *servers) keyOf(names ...string) string {
	for _, n := range names {
		if key, ok := s.opts.ServerKeys[strings.ToLower(n)]; ok {
			return key
		}
	}
	return ""
}
