package llm

import (
	"net/netip"
	"testing"

	"modelbeam/discovery/sockets"
)

// TestChildOfAnotherUsersServer goes by programs where the parent's process is not known.
func TestChildOfAnotherUsersServer(t *testing.T) {
	service := sockets.Account{UID: 998, Known: true}
	kindOf := func(id string) *kind {
		for _, k := range table() {
			if k.id == id {
				return &k
			}
		}
		t.Fatalf("no kind %s", id)
		return nil
	}
	server := func(id string, port uint16, of sockets.Account, models ...string) *place {
		p := &place{Socket: sockets.Socket{Addr: netip.AddrPortFrom(loopback[0], port), Account: of}, found: &found{kind: kindOf(id)}}
		for _, m := range models {
			p.found.Models = append(p.found.Models, Model{ID: m})
		}
		return p
	}
	engine := func(of sockets.Account, pid int, programs ...string) *place {
		p := server("llamacpp", 5800, of, "mbs-tiny.gguf")
		p.PID = pid
		for i, name := range programs {
			p.parents = append(p.parents, sockets.Process{PID: 100 + i, Name: name})
		}
		return p
	}
	for _, tt := range []struct {
		name   string
		child  *place
		parent *place
		want   bool
	}{
		{"llama-swap's", engine(service, 7, "llama-swap", "systemd"), server("llamaswap", 8080, service, "tiny"), true},
		{"behind a shell", engine(service, 7, "sh", "llama-swap"), server("llamaswap", 8080, service, "tiny"), true},
		{"a router's", engine(service, 7, "llama-server"), server("llamacpp", 8080, service, "gamma"), true},
		{"one of its own", engine(service, 7, "systemd"), server("llamaswap", 8080, service, "tiny"), false},
		{"of another user", engine(sockets.Account{UID: 999, Known: true}, 7, "llama-swap"), server("llamaswap", 8080, service, "tiny"), false},
		{"two in containers", engine(sockets.Account{UID: 0, Known: true}, 7, "dockerd", "containerd"), server("ollama", 11434, sockets.Account{UID: 0, Known: true}, "tiny"), false},
		{"nothing known", engine(service, 0), server("llamaswap", 8080, service, "tiny"), false},
		{"a file of Ollama's", func() *place {
			p := engine(service, 0)
			p.found.Models[0].ID = "sha256-f5129c57"
			return p
		}(), func() *place {
			p := server("ollama", 11434, service, "tiny")
			p.found.Dialects = Ollama
			return p
		}(), true},
	} {
		if got := tt.child.childOf(tt.parent); got != tt.want {
			t.Errorf("%s: a child: %v", tt.name, got)
		}
	}
}
