//go:build !ci

package ui

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// The tests in this file run the real window, in a process of its own, on a screen in memory.
// Fyne's tag ci puts a driver for tests in its place, so that there is nothing to test then.

// need skips the test where a program is missing on a person's machine, but not in CI.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("%s is not installed", program)
	}
	return path
}

// privateBus makes a session bus of its own, where no desktop listens, that of this test and its children.
func privateBus(t *testing.T) {
	t.Helper()
	t.Setenv(trayhost.AddressVariable, trayhost.StartBus(t).Address)
}

// screen starts an X server and makes it the display of this test and its children.
func screen(t *testing.T) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(need(t, "Xvfb"), "-displayfd", "3", "-screen", "0", "1024x768x24", "+extension", "GLX", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		read.Close()
	})
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("start Xvfb: %v", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
}

// child is the window in its own process.
type child struct {
	cmd    *exec.Cmd
	lines  chan string  // what it prints: the calls of its controller
	stderr bytes.Buffer // to be read when it has ended
}

// checkRaces fails the test for every data race.
func (c *child) checkRaces(t *testing.T) {
	t.Helper()
	for report := range strings.SplitSeq(c.stderr.String(), "==================\n") {
		if strings.Contains(report, "DATA RACE") {
			t.Errorf("in the window's process: %s", report)
		}
	}
}

func startWindow(t *testing.T, scene string) *child {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(home+"/.cache", 0o700); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(os.Args[0]), lines: make(chan string, 64)}
	c.cmd.Env = append(os.Environ(), childVariable+"="+scene, words.LanguageVariable+"=en", "HOME="+home, "XDG_RUNTIME_DIR="+home)
	c.cmd.Env = append(c.cmd.Env, "GORACE=exitcode=0") // see checkRaces
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
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

// kill ends the window's process, if it has not ended, and tells what it said if the test failed.
func (c *child) kill(t *testing.T) {
	_ = c.cmd.Process.Kill()
	for line := range c.lines {
		t.Log(line)
	}
	_ = c.cmd.Wait() // an error when it was waited for before
	if t.Failed() {
		t.Logf("the window's process: %s", &c.stderr)
	}
}

// wait reads what the window prints until it prints want.
func (c *child) wait(t *testing.T, want string) {
	t.Helper()
	await.Value(t, "the window prints "+want, c.lines, func(line string) bool { return line == want })
}

// ends wants the window to be over soon after it was asked to end at since, and then its process with success,
// which the race detector keeps for a second more.
func (c *child) ends(t *testing.T, since time.Time) {
	t.Helper()
	c.wait(t, "ended")
	if took := time.Since(since); took > 3*time.Second {
		t.Errorf("quitting took %v", took)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the window's process: %v\n%s", err, &c.stderr)
	}
	c.checkRaces(t)
}

// TestRealClose closes the window as a person does, and in the end it is all that ends.
func TestRealClose(t *testing.T) {
	privateBus(t)
	screen(t)
	windowManager(t)
	window := startWindow(t, "sharing")
	window.wait(t, "Shown")
	window.close(t)
	window.ends(t, time.Now())
}

func TestRealTermination(t *testing.T) {
	privateBus(t)
	screen(t)
	window := startWindow(t, "answering")
	window.wait(t, "running") // from here on Fyne listens to signals
	asked := time.Now()
	if err := window.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	window.wait(t, "ShowCode false")
	window.ends(t, asked)
}

// close presses the close button, by the window manager's key for it, until the window is gone.
// A press that comes before the window has the focus goes nowhere.
func (c *child) close(t *testing.T) {
	t.Helper()
	tool := need(t, "xdotool")
	await.True(t, "the window closes", func() bool {
		if out, err := exec.Command(tool, "key", "alt+F4").CombinedOutput(); err != nil {
			t.Fatalf("press alt+F4: %v: %s", err, out)
		}
		select {
		case line := <-c.lines:
			return line == "ShowCode false"
		case <-time.After(500 * time.Millisecond):
			return false
		}
	})
}

// windowManager starts one, which a screen needs for focus and close buttons.
func windowManager(t *testing.T) {
	t.Helper()
	wm := exec.Command(need(t, "openbox"), "--sm-disable")
	wm.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := wm.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = wm.Process.Kill()
		_ = wm.Wait()
	})
}
