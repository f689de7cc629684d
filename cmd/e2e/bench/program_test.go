package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// program is one that is measured, or the server.
type program struct {
	cmd     *exec.Cmd // nil: there is nothing between those who ask and the server
	stdin   io.WriteCloser
	stdout  *bufio.Reader
	said    *bytes.Buffer // on standard error; to be read when the program has ended
	address string        // where it listens
	key     string        // which it lets in
	guest   string        // that of a guest, which only beam has
	onStop  func()
}

// startProgram starts a program. One that says where it is, or more, is to be read from its stdout.
func startProgram(path string, args []string, environment ...string) (*program, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), environment...)
	said := new(bytes.Buffer)
	cmd.Stderr = said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &program{cmd: cmd, stdin: stdin, stdout: bufio.NewReader(stdout), said: said, onStop: func() {}}, nil
}

// startRole starts this binary as one of its programs.
func startRole(role, server string) (*program, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := startProgram(self, nil, roleVariable+"="+role, serverVariable+"="+server)
	if err != nil {
		return nil, err
	}
	p.key = plainKey
	line, err := p.stdout.ReadString('\n')
	p.address = strings.TrimSpace(line)
	return p, err
}

// stop ends the program and waits for that.
func (p *program) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.stdin.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() })
	_ = p.cmd.Wait()
	late.Stop()
	p.onStop()
}

// awaitOpen waits until the program takes connections.
func (p *program) awaitOpen() error {
	deadline := time.Now().Add(20 * time.Second)
	for {
		c, err := net.Dial("tcp", p.address)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			p.stop()
			return fmt.Errorf("%w: %s", err, p.said)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// freeAddress is one of loopback that nobody has at the moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// find finds a program where Debian puts it: not everybody has these folders on the PATH.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	path := filepath.Join("/usr/sbin", name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("%w; .ci/setup bench installs it", errMissing)
}

var errMissing = errors.New("this program is not on this machine")
