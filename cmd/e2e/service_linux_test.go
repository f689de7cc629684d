package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// quietWindow opens a window on loopback whose phones have the storyteller to talk to.
func quietWindow(t *testing.T, args ...string) *window {
	t.Helper()
	args = append([]string{"--listen", "127.0.0.1:0", "--advertise", "127.0.0.1", "--no-scan", "--no-mdns"}, args...)
	return openWindow(t, thisMachine, args...)
}

// service is the process that a window shows.
func (w *window) service(t *testing.T) *served {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		line, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		args := strings.Split(string(line), "\x00")
		if len(args) > 3 && args[1] == "service" && args[3] == w.state() {
			pid, err := strconv.Atoi(e.Name())
			if err != nil {
				continue
			}
			return &served{pid}
		}
	}
	t.Fatalf("no service runs for %s", w.state())
	return nil
}

// state is the folder of the service.
func (w *window) state() string { return filepath.Join(w.home, ".config", "modelbeam") }

// served is a service that a window has started: no child of ours.
type served struct{ pid int }

func (s *served) path(name string) string { return fmt.Sprintf("/proc/%d/%s", s.pid, name) }

func (s *served) gone() bool {
	_, err := os.Stat(s.path("exe"))
	return err != nil
}

// resident is how much memory the service has, in KiB.
func (s *served) resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(s.path("status"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	size, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// beside runs beam with the window's folders and its screen.
func (w *window) beside(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := beamCommand(t, args...)
	cmd.Env = w.cmd.Env
	return cmd
}

// base is the gateway's address.
func (w *window) base(t *testing.T) string {
	t.Helper()
	return "http://" + w.awaitEvent(t, "ready", "the gateway is open", anything).Listen
}

// key makes a device.
func (w *window) key(t *testing.T, name string) string {
	t.Helper()
	return (&beam{state: w.state()}).addDevice(t, name).Key
}

// TestServiceWithoutItsWindow holds what it costs to keep phones served when nobody looks.
func TestServiceWithoutItsWindow(t *testing.T) {
	w := quietWindow(t, "--server", serveFake(t, tellStory, storyteller).URL)
	w.screen.awaitQR(t)
	key, base := w.key(t, "phone"), w.base(t)
	if got := status(t, base+"/v1/models", key); got != http.StatusOK {
		t.Fatalf("with the window a phone gets %d", got)
	}
	service := w.service(t)
	w.signal(syscall.SIGTERM)
	await.Done(t, "the window closes", w.exited)
	if got := status(t, base+"/v1/models", key); got != http.StatusOK {
		t.Errorf("without the window a phone gets %d", got)
	}
	maps, err := os.ReadFile(service.path("maps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, library := range []string{"libGL", "libEGL", "libX11"} {
		if strings.Contains(string(maps), library) {
			t.Errorf("the service has loaded %s", library)
		}
	}
	size := service.resident(t)
	if t.Logf("the service has %d KiB", size); size > 30<<10 {
		t.Errorf("the service has %d KiB, want at most 30 MiB", size)
	}
	if text, err := os.ReadFile(filepath.Join(w.home, ".local", "state", "modelbeam", "service.log")); err != nil || !strings.Contains(string(text), "sharing") {
		t.Errorf("its log says %q, %v", text, err)
	}
}

// TestWindowIsKilled kills the window while three phones are told a story: not a byte is lost, and no phone waits
// for longer than the story does anyway.
func TestWindowIsKilled(t *testing.T) {
	w := quietWindow(t, "--server", serveFake(t, tellStory, storyteller).URL)
	w.screen.awaitQR(t)
	base, service := w.base(t), w.service(t)
	var phones sync.WaitGroup
	begun := make(chan bool, 3)
	for i := range 3 {
		key := w.key(t, fmt.Sprint("phone ", i))
		phones.Go(func() {
			resp := askForStory(t, base, key)
			if resp == nil {
				return
			}
			defer resp.Body.Close()
			first := make([]byte, 1)
			if _, err := io.ReadFull(resp.Body, first); err != nil {
				t.Error(err)
			}
			begun <- true
			rest, err := io.ReadAll(resp.Body)
			if err != nil || strings.Count(string(rest), "word") < storyLength-1 || !strings.HasSuffix(strings.TrimSpace(string(rest)), "[DONE]") {
				t.Errorf("a phone got %d words, and %v", strings.Count(string(rest), "word"), err)
			}
		})
	}
	for range 3 {
		await.First(t, "a phone is being answered", begun)
	}
	w.cmd.Process.Kill()
	phones.Wait()
	if service.gone() {
		t.Error("the service has ended with its window")
	}
}

// askForStory begins one; it returns nil after an error.
func askForStory(t *testing.T, base, key string) *http.Response {
	body := strings.NewReader(`{"model":"` + storyteller + `","stream":true,"messages":[{"role":"user","content":"A story"}]}`)
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, base+"/v1/chat/completions", body)
	if err != nil {
		t.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return nil
	}
	return resp
}

// TestServiceKilledUnderItsWindow: the window says so and offers to start it; with the next one phones go on.
func TestServiceKilledUnderItsWindow(t *testing.T) {
	w := quietWindow(t, "--listen", "127.0.0.1:0", "--demo", "on")
	w.screen.awaitQR(t)
	key := w.key(t, "phone")
	first := w.service(t)
	syscall.Kill(first.pid, syscall.SIGKILL)
	w.awaitEvent(t, "state", "the window says that it has stopped", func(e event) bool {
		return e.Phase == "failed" && hasStopped(e)
	})
	await.True(t, "the code is gone", func() bool { return readQR(w.screen.screenshot(t)) == "" })
	keepAs(t, "window-service-killed", w.screen.capture(t, "root"))
	w.pressStage(t)
	again := w.awaitEvent(t, "state", "it is back", func(e event) bool { return e.Phase == "sharing" && e.Listen != "" && e.Time.After(w.lost(t)) })
	if got := status(t, "http://"+again.Listen+"/v1/models", key); got != http.StatusOK {
		t.Errorf("afterwards the phone gets %d", got)
	}
	if second := w.service(t); second.pid == first.pid {
		t.Error("it is the same service")
	}
	w.screen.awaitQR(t)
}

func hasStopped(e event) bool { return e.Problem != nil && e.Problem.Kind == "service-ended" }

// lost is when the window said that the service has stopped.
func (w *window) lost(t *testing.T) time.Time {
	t.Helper()
	return w.awaitEvent(t, "state", "it has stopped", hasStopped).Time
}

// pressStage presses the button below the words in the middle, until the service is back: by the keyboard, for which
// it is the first. As long as the service is not back the button is the same, and stays where the keys go.
func (w *window) pressStage(t *testing.T) {
	t.Helper()
	w.screen.press(t, "Tab")
	for range 4 {
		w.screen.press(t, "space")
		if soon(func() bool { return !hasStopped(w.lastState(t)) }) {
			return
		}
	}
	t.Fatal("the service does not start again")
}

// TestTwoStartsAtOnce: two clicks on the icon make one service and one window.
func TestTwoStartsAtOnce(t *testing.T) {
	path, err := buildModelbeam()
	if err != nil {
		t.Fatal(err)
	}
	beamCommand(t)
	home, screen := t.TempDir(), startDisplay(t)
	command := func() *exec.Cmd {
		cmd := screen.on(exec.Command(path, "--listen", "127.0.0.1:0", "--advertise", "127.0.0.1", "--no-scan", "--no-mdns", "--demo", "on"))
		cmd.Dir = home
		cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+home)
		return cmd
	}
	t.Cleanup(func() { stopService(t, command().Env) })
	for range 3 {
		first, second := command(), command()
		a, b := start(t, "modelbeam", first), start(t, "modelbeam", second)
		w := &window{process: a, screen: screen, home: home}
		await.True(t, "one of them gives way", func() bool { return !a.running() || !b.running() })
		for _, p := range []*process{a, b} {
			if !p.running() && !p.cmd.ProcessState.Success() {
				t.Errorf("the one that gives way says %q", p.errors())
			}
		}
		screen.awaitQR(t)
		if !a.running() && !b.running() {
			t.Error("both gave way")
		}
		w.service(t)
		stopService(t, first.Env)
		await.True(t, "the window closes with the service", func() bool { return !a.running() && !b.running() })
	}
}

// TestWindowComesBack shows the window again, by another start, to somebody who has clicked the icon.
func TestWindowComesBack(t *testing.T) {
	w := quietWindow(t, "--demo", "on")
	w.screen.awaitQR(t)
	w.signal(syscall.SIGTERM)
	await.Done(t, "the window closes", w.exited)
	again := exec.Command(w.cmd.Path)
	again.Env, again.Dir = w.cmd.Env, w.home
	began := time.Now()
	p := start(t, "modelbeam", again)
	w.screen.awaitQR(t)
	t.Logf("the window and its code are back after %s", time.Since(began).Round(time.Millisecond))

	third := exec.Command(w.cmd.Path)
	third.Env, third.Dir = w.cmd.Env, w.home
	q := start(t, "modelbeam", third)
	await.Done(t, "a third start is not needed", q.exited)
	if !p.running() || !q.cmd.ProcessState.Success() {
		t.Errorf("the window that was there runs: %t, and the start says %q", p.running(), q.errors())
	}
}

// TestWindowAndTerminal shows one service in both, and each keeps the code alive for itself.
func TestWindowAndTerminal(t *testing.T) {
	w := quietWindow(t, "--demo", "on")
	w.screen.awaitQR(t)
	terminal := start(t, "beam", w.beside(t, "--json"))
	ready := terminal.awaitEvent(t, "ready", "the terminal shows the service", anything)
	if got := "http://" + ready.Listen; got != w.base(t) {
		t.Errorf("the terminal shows %s, and the window %s", got, w.base(t))
	}
	w.signal(syscall.SIGTERM)
	await.Done(t, "the window closes", w.exited)
	phone := newHandset(t)
	if got, err := phone.pair(t.Context(), "http://"+ready.Listen, ready.Code, "phone"); err != nil || got.Status != http.StatusOK {
		t.Errorf("the terminal's code: %+v, %v", got, err)
	}
	terminal.signal(syscall.SIGINT)
	await.Done(t, "the terminal ends", terminal.exited)
	if got := status(t, "http://"+ready.Listen+"/v1/models", phone.key); got != http.StatusOK {
		t.Errorf("without a window and a terminal the phone gets %d", got)
	}
}

// TestNoOpenGL opens a window on a screen that has none: phones are served, and it is said in a message box and in
// the log.
func TestNoOpenGL(t *testing.T) {
	path, err := buildModelbeam()
	if err != nil {
		t.Fatal(err)
	}
	beamCommand(t)
	tool(t, "xmessage")
	home, screen := t.TempDir(), startDisplay(t, "-extension", "GLX")
	cmd := screen.on(exec.Command(path, "--listen", "127.0.0.1:0", "--no-scan", "--no-mdns", "--demo", "on"))
	cmd.Dir = home
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR="+home)
	t.Cleanup(func() { stopService(t, cmd.Env) })
	p := start(t, "modelbeam", cmd)
	await.Done(t, "the window gives up", p.exited)
	w := &window{process: p, screen: screen, home: home}
	log := filepath.Join(home, ".local", "state", "modelbeam", "service.log")
	await.True(t, "the log says so", func() bool {
		text, _ := os.ReadFile(log)
		return strings.Contains(string(text), "before it could be seen")
	})
	await.True(t, "a message box says so", func() bool {
		out, _ := screen.on(exec.Command(tool(t, "xdotool"), "search", "--name", "Modelbeam")).Output()
		return len(strings.TrimSpace(string(out))) > 0
	})
	keepAs(t, "window-no-opengl", screen.capture(t, "root"))
	terminal := start(t, "beam", w.beside(t, "--json"))
	ready := terminal.awaitEvent(t, "ready", "phones are served", anything)
	if got := status(t, "http://"+ready.Listen+"/healthz", ""); got != http.StatusOK {
		t.Errorf("a phone gets %d", got)
	}
}

// TestOthersServiceIsOutOfReach has another user of the machine try to show and to end a service, with every right
// to the folders that somebody might have given.
func TestOthersServiceIsOutOfReach(t *testing.T) {
	if os.Getuid() != 0 {
		missing(t, "root, to be two users")
	}
	const nobody = 65534
	home, err := os.MkdirTemp("", "modelbeam-shared-") // t.TempDir is below folders of root
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	b := startBeamIn(t, filepath.Join(home, "state"), "--demo", "on")
	address, err := os.ReadFile(filepath.Join(b.state, "instance.addr"))
	if err != nil {
		t.Fatal(err)
	}
	socket := strings.TrimSpace(string(address))
	program := filepath.Join(home, "beam")
	binary, err := os.ReadFile(b.cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	as := func(args ...string) (string, error) {
		cmd := exec.Command(program, append(args, "--state", b.state)...)
		cmd.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR=")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for name, open := range map[string]func(){
		"as it is": func() { os.Chmod(home, 0o755) },
		"with all rights": func() {
			for _, path := range []string{home, b.state, filepath.Dir(socket)} {
				os.Chmod(path, 0o777)
			}
			for _, path := range []string{socket, filepath.Join(b.state, "instance.addr"), filepath.Join(b.state, "instance.lock")} {
				os.Chmod(path, 0o666)
			}
		},
	} {
		open()
		if out, err := as("stop"); err == nil || !strings.Contains(out, "another user") {
			t.Errorf("%s: beam stop says %q, %v", name, out, err)
		}
		if got := status(t, b.url+"/healthz", ""); got != http.StatusOK {
			t.Errorf("%s: a phone gets %d", name, got)
		}
	}
}
