package e2e

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that a test started. It runs in a process group of its own, so that
// what it starts itself (Ollama's runners, Chromium's helpers) ends with it.
type process struct {
	cmd    *exec.Cmd
	name   string
	exited chan struct{} // closed when the program has ended and its output is complete

	mu     sync.Mutex // protects the output
	stdout []string
	stderr []string
	read   []event // of stdout, by those who ask for events
}

// start runs the command until it ends or the test does. When the test failed, the end of what
// the program wrote is in the test's log.
func start(t *testing.T, name string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, name: name, exited: make(chan struct{})}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	var readers sync.WaitGroup
	readers.Go(func() { p.collect(stdout, &p.stdout) })
	readers.Go(func() { p.collect(stderr, &p.stderr) })
	go func() {
		readers.Wait()
		cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() { p.finish(t) })
	return p
}

func (p *process) finish(t *testing.T) {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
	}
	p.kill()
	if t.Failed() {
		for _, line := range tail(p.errors(), 40) {
			t.Logf("%s: %s", p.name, line)
		}
	}
}

func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// signal goes to the program itself.
func (p *process) signal(s syscall.Signal) { p.cmd.Process.Signal(s) }

// kill ends the program and everything that it started, at once.
func (p *process) kill() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.exited
}

// running says whether the program is still there.
func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// lines returns what the program has written to its standard output so far.
func (p *process) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stdout[:len(p.stdout):len(p.stdout)]
}

// errors returns what the program has written to its standard error so far.
func (p *process) errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr[:len(p.stderr):len(p.stderr)]
}

func (p *process) collect(r io.Reader, into *[]string) {
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadString('\n')
		if line != "" {
			p.mu.Lock()
			*into = append(*into, strings.TrimRight(line, "\r\n"))
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}
