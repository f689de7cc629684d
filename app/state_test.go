package app

import "testing"

// TestModelsOfPhones counts what phones can use: the demo is there for want of anything else.
func TestModelsOfPhones(t *testing.T) {
	demo := Server{Kind: KindDemo, Models: []string{"modelbeam-demo"}, Online: true}
	strangers := Server{Models: []string{"a"}, Online: true, User: "ben", Hidden: true}
	tests := []struct {
		name     string
		servers  []Server
		models   int
		onlyDemo bool
	}{
		{"nothing", nil, 0, false},
		{"the demo", []Server{demo}, 0, true},
		{"the demo beside another", []Server{{Models: []string{"a", "b"}, Online: true}, demo}, 2, false},
		{"the demo beside one without models", []Server{{Online: true}, demo}, 0, false},
		{"the demo beside one that is away", []Server{{Models: []string{"a"}, Manual: true}, demo}, 0, true},
		{"the demo beside one that is hidden", []Server{{Models: []string{"a"}, Online: true, Hidden: true}, demo}, 0, false},
		{"the demo beside somebody else's", []Server{strangers, demo}, 0, true},
		{"one that needs a key", []Server{{Models: []string{"a"}, Online: true, NeedsKey: true}}, 0, false},
		{"one that is loading", []Server{{Models: []string{"a"}, Online: true, Loading: true}}, 0, false},
	}
	for _, tt := range tests {
		s := State{Servers: tt.servers}
		if got, only := s.Models(), s.OnlyDemo(); got != tt.models || only != tt.onlyDemo {
			t.Errorf("%s: %d models, only the demo: %v; want %d, %v", tt.name, got, only, tt.models, tt.onlyDemo)
		}
	}
}
