package llm

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"

	"modelbeam/discovery/sockets"
)

// helperEnv makes this test's program a server for another test: see TestMain.
const helperEnv = "LLM_TEST_FAKES"

// fakeProcess is what such a program serves: fakes of its own, and those of a child.
type fakeProcess struct {
	Fakes []fakeAt     `json:"fakes"`
	Child *fakeProcess `json:"child,omitempty"`
}

type fakeAt struct {
	File string `json:"file"`
	Addr string `json:"addr"`
}

// startProcess runs fakes in a process of their own until the test ends.
func startProcess(t *testing.T, p fakeProcess) {
	t.Helper()
	in, out, err := os.Pipe() // its end tells the process, and that one's child, to end
	if err != nil {
		t.Fatal(err)
	}
	cmd := helper(t.Context(), p, in)
	ready, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = in.Close()
	t.Cleanup(func() {
		_ = out.Close()
		_ = cmd.Wait()
	})
	if _, err := io.ReadFull(ready, make([]byte, 1)); err != nil {
		t.Fatalf("the process did not start: %v", err)
	}
}

func helper(ctx context.Context, p fakeProcess, in *os.File) *exec.Cmd {
	spec, _ := json.Marshal(p)
	cmd := exec.CommandContext(context.WithoutCancel(ctx), os.Args[0])
	cmd.Env = append(os.Environ(), helperEnv+"="+string(spec))
	cmd.Stdin, cmd.Stderr = in, os.Stderr
	return cmd
}

// serveFakes is the other side: it says on its output when all are served, and ends with its input.
func serveFakes(spec string) error {
	var p fakeProcess
	if err := json.Unmarshal([]byte(spec), &p); err != nil {
		return err
	}
	for _, f := range p.Fakes {
		handler, err := readFake(f.File)
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", f.Addr)
		if err != nil {
			return err
		}
		go func() { _ = http.Serve(l, handler) }() // until the process ends
	}
	if p.Child != nil {
		cmd := helper(context.Background(), *p.Child, os.Stdin)
		ready, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		defer func() { _ = cmd.Wait() }()
		if _, err := io.ReadFull(ready, make([]byte, 1)); err != nil {
			return err
		}
	}
	if _, err := os.Stdout.WriteString("!"); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// addresses are free ones, for what another process shall serve.
func addresses(t *testing.T, n int) (all []string) {
	t.Helper()
	for len(all) < n {
		if a := freeAddr(t).String(); !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// anywhere is a Scanner whose only usual ports are the given ones of Ollama, and that sees
// all sockets at the given addresses.
func anywhere(usual []int, addrs []string) *Scanner {
	s := at(map[string][]int{"Ollama": usual})
	s.replaced.sockets = seeing(func(s sockets.Socket) bool { return slices.Contains(addrs, s.Addr.String()) })
	return s
}
