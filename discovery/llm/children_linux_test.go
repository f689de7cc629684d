package llm

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// TestFindByArguments looks for a process by the port that it was started with, as llama-swap and
// Ollama start their engines.
func TestFindByArguments(t *testing.T) {
	us := account{uid: uint32(os.Geteuid()), known: true}
	const port = 54871
	for _, tt := range []struct {
		args []string
		of   account
		want bool
	}{
		{[]string{"--port", strconv.Itoa(port)}, us, true},
		{[]string{fmt.Sprintf("--port=%d", port)}, us, true},
		{[]string{fmt.Sprintf("127.0.0.1:%d", port)}, us, true},
		{[]string{fmt.Sprintf("1%d", port)}, us, false},
		{[]string{fmt.Sprintf("%d0", port)}, us, false},
		{[]string{fmt.Sprintf("run --port %d", port)}, us, false}, // a shell's command line
		{[]string{"--port", strconv.Itoa(port)}, account{uid: us.uid + 1, known: true}, false},
		{[]string{"--port", strconv.Itoa(port)}, account{}, false},
	} {
		// What follows "--" is for nobody but the reader of the command line.
		cmd := exec.Command("sh", append([]string{"-c", "read x", "--"}, tt.args...)...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		sockets := []socket{{at: netip.AddrPortFrom(loopback[0], port), of: tt.of}}
		findByArguments(sockets)
		if got := sockets[0].pid == cmd.Process.Pid; got != tt.want {
			t.Errorf("%q of %v: process %d, want %d: %v", tt.args, tt.of, sockets[0].pid, cmd.Process.Pid, tt.want)
		}
		_ = in.Close()
		_ = cmd.Wait()
	}
}

// TestChildOfAnotherUsersServer goes by programs where the parent's process is not known.
func TestChildOfAnotherUsersServer(t *testing.T) {
	service := account{uid: 998, known: true}
	kindOf := func(id string) *kind {
		for _, k := range table() {
			if k.id == id {
				return &k
			}
		}
		t.Fatalf("no kind %s", id)
		return nil
	}
	server := func(id string, port uint16, of account, models ...string) *place {
		p := &place{socket: socket{at: netip.AddrPortFrom(loopback[0], port), of: of}, found: &found{kind: kindOf(id)}}
		for _, m := range models {
			p.found.Models = append(p.found.Models, Model{ID: m})
		}
		return p
	}
	engine := func(of account, pid int, programs ...string) *place {
		p := server("llamacpp", 5800, of, "mbs-tiny.gguf")
		p.pid = pid
		for i, name := range programs {
			p.parents = append(p.parents, process{pid: 100 + i, name: name})
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
		{"of another user", engine(account{999, true}, 7, "llama-swap"), server("llamaswap", 8080, service, "tiny"), false},
		{"two in containers", engine(account{0, true}, 7, "dockerd", "containerd"), server("ollama", 11434, account{0, true}, "tiny"), false},
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
