package tray

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// child is a process that shows a tray.
type child struct {
	cmd    *exec.Cmd
	stdin  io.Writer
	lines  chan string  // what it prints: the calls of its controller
	stderr bytes.Buffer // to be read when it has ended
}

func startChild(t *testing.T, kind string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0]), lines: make(chan string, 64)}
	c.cmd.Env = append(os.Environ(), childVariable+"="+kind, words.LanguageVariable+"=", "LC_ALL=C", "LANGUAGE=", "GORACE=exitcode=0") // see checkRaces
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.kill(t) })
	go func() {
		defer close(c.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
	}()
	return c
}

// kill ends the process, if it has not ended, and tells what it said if the test failed.
func (c *child) kill(t *testing.T) {
	_ = c.cmd.Process.Kill()
	for line := range c.lines {
		t.Log(line)
	}
	_ = c.cmd.Wait() // an error when it was waited for before
	if t.Failed() {
		t.Logf("the tray's process: %s", &c.stderr)
	}
}

// order asks for another state, and returns when the tray was told of it.
func (c *child) order(t *testing.T, order string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.stdin, order); err != nil {
		t.Fatal(err)
	}
	verb, _, _ := strings.Cut(order, " ")
	c.wait(t, "obeyed "+verb)
}

func (c *child) wait(t *testing.T, want string) {
	t.Helper()
	await.Value(t, "the tray prints "+want, c.lines, func(line string) bool { return line == want })
}

// ends wants the process to be over, with success and no goroutine left.
func (c *child) ends(t *testing.T) {
	t.Helper()
	c.wait(t, "ended")
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the tray's process: %v\n%s", err, &c.stderr)
	}
	for report := range strings.SplitSeq(c.stderr.String(), "==================\n") {
		if strings.Contains(report, "DATA RACE") && !raceInSystray.MatchString(report) {
			t.Errorf("in the tray's process: %s", report)
		}
	}
}

// raceInSystray is a report of the race detector about systray itself, which answers the desktop's
// questions for the menu while it counts the menu's versions up, without a lock.
var raceInSystray = regexp.MustCompile(`(?:[Rr]ead|[Ww]rite) at 0x\w+ by .*\n +fyne\.io/systray\.`)
