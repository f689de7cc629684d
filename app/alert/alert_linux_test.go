package alert

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"modelbeam/cmd/e2e/await"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	title    = "Modelbeam could not start"
	sentence = `The folder /home/anna/"<b>new</b>\nfiles" belongs to root; take back ownership of it, and everything will work as before. 100 %`
)

// tool finds a program that make setup installs.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; make setup installs it", name)
		}
		t.Skipf("%s is missing; make setup installs it", name)
	}
	return path
}

// bin is a PATH with nothing but the named programs on it, each a script.
func bin(t *testing.T, scripts map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

// noBus leaves this test without a desktop on the session's bus.
func noBus(t *testing.T) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
}

func TestOrder(t *testing.T) {
	const asked = `echo "${0##*/}" >>"${0%/*}/asked"; `
	for _, tt := range []struct {
		name    string
		scripts map[string]string
		display string
		asked   []string
		seen    bool
	}{
		{"KDE", map[string]string{"kdialog": asked, "zenity": asked, "xmessage": asked}, ":1", []string{"kdialog"}, true},
		{"GNOME", map[string]string{"zenity": asked, "xmessage": asked}, ":1", []string{"zenity"}, true},
		{"X11 alone", map[string]string{"xmessage": asked}, ":1", []string{"xmessage"}, true},
		{"no screen after all", map[string]string{"kdialog": asked + "exit 1", "zenity": asked + "exit 1", "xmessage": asked + "exit 1"}, ":1", []string{"kdialog", "zenity", "xmessage"}, false},
		{"one is broken", map[string]string{"kdialog": asked + "exit 127", "zenity": asked}, ":1", []string{"kdialog", "zenity"}, true},
		{"closed without a press", map[string]string{"zenity": asked + "/bin/sleep 1.1; exit 1", "xmessage": asked}, ":1", []string{"zenity"}, true},
		{"no screen", map[string]string{"zenity": asked}, "", nil, false},
		{"nothing there", nil, ":1", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			noBus(t)
			t.Setenv("DISPLAY", tt.display)
			t.Setenv("WAYLAND_DISPLAY", "")
			dir := bin(t, tt.scripts)
			if seen := Show(t.Context(), title, sentence); seen != tt.seen {
				t.Errorf("seen: %v", seen)
			}
			text, _ := os.ReadFile(filepath.Join(dir, "asked"))
			if got := strings.Fields(string(text)); !slices.Equal(got, tt.asked) {
				t.Errorf("asked %q, want %q", got, tt.asked)
			}
		})
	}
}

// TestWordsArriveWhole: each program is told the title and the sentence in the way that it reads them.
func TestWordsArriveWhole(t *testing.T) {
	for name, want := range map[string][]string{
		"kdialog":  {"--title", title, "--error", sentence},
		"zenity":   {"--title=" + title, "--text=" + sentence, "--no-markup"},
		"xmessage": {"-title", title},
	} {
		t.Run(name, func(t *testing.T) {
			noBus(t)
			t.Setenv("DISPLAY", ":1")
			dir := bin(t, map[string]string{name: `for a in "$@"; do printf '%s\0' "$a"; done >"${0%/*}/args"; /bin/cat >"${0%/*}/stdin"`})
			if !Show(t.Context(), title, sentence) {
				t.Fatal("not seen")
			}
			args, _ := os.ReadFile(filepath.Join(dir, "args"))
			for _, arg := range want {
				if !slices.Contains(strings.Split(string(args), "\x00"), arg) {
					t.Errorf("%s was started with %q, without %q", name, args, arg)
				}
			}
			if stdin, _ := os.ReadFile(filepath.Join(dir, "stdin")); name == "xmessage" && strings.Join(strings.Fields(string(stdin)), " ") != sentence {
				t.Errorf("xmessage reads %q", stdin)
			}
		})
	}
}

func TestNobodyCloses(t *testing.T) {
	noBus(t)
	t.Setenv("DISPLAY", ":1")
	dir := bin(t, map[string]string{"zenity": `: >"${0%/*}/there"; exec /bin/sleep 600`})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan bool, 1)
	go func() { seen <- Show(ctx, title, sentence) }()
	await.True(t, "the box is there", func() bool {
		_, err := os.Stat(filepath.Join(dir, "there"))
		return err == nil
	})
	time.Sleep(tooSoon) // it is not closed in the time in which one that fails ends
	cancel()
	if !await.First(t, "Show returns", seen) {
		t.Error("not seen, and it was there all the time")
	}
}

// desktop owns the name of a desktop's notifications on a bus of this test's own.
type desktop struct {
	can  []string
	told chan []string
}

// GetCapabilities implements org.freedesktop.Notifications.
func (d desktop) GetCapabilities() ([]string, *dbus.Error) { return d.can, nil }

// Notify implements org.freedesktop.Notifications.
func (d desktop) Notify(_ string, _ uint32, _, title, body string, _ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.told <- []string{title, body, hints["urgency"].String()}
	return 1, nil
}

func TestNotification(t *testing.T) {
	for can, want := range map[string]string{
		"body":        sentence,
		"body-markup": strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&#34;").Replace(sentence),
	} {
		t.Run(can, func(t *testing.T) {
			d := desktop{can: []string{can}, told: make(chan []string, 1)}
			d.serve(t)
			t.Setenv("DISPLAY", "")
			t.Setenv("WAYLAND_DISPLAY", "")
			if !Show(t.Context(), title, sentence) {
				t.Fatal("not seen")
			}
			if got := <-d.told; !slices.Equal(got, []string{title, want, "@y 0x2"}) {
				t.Errorf("told %q", got)
			}
		})
	}
}

// serve makes d the desktop on a bus that is this test's session's.
func (d desktop) serve(t *testing.T) {
	t.Helper()
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	cmd := exec.Command(tool(t, "dbus-daemon"), "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	bus, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	const name = "org.freedesktop.Notifications"
	if err := bus.Export(d, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// screen starts an X server without a screen, and makes it this test's.
func screen(t *testing.T) {
	t.Helper()
	xvfb := tool(t, "Xvfb")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(xvfb, "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	w.Close()
	var number int
	if _, err := fmt.Fscan(r, &number); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", fmt.Sprintf(":%d", number))
	t.Setenv("WAYLAND_DISPLAY", "")
}

// TestRealBoxes shows the message with what this machine has, and closes it as a person would. With
// SCREENS=folder it takes pictures.
func TestRealBoxes(t *testing.T) {
	for _, name := range []string{"zenity", "xmessage"} {
		t.Run(name, func(t *testing.T) {
			xdotool, program := tool(t, "xdotool"), tool(t, name)
			screen(t)
			noBus(t)
			bin(t, map[string]string{name: "exec " + program + ` "$@"`})
			seen := make(chan bool, 1)
			go func() { seen <- Show(t.Context(), title, sentence) }()
			var window string
			await.True(t, "a window with the title", func() bool {
				out, _ := exec.Command(xdotool, "search", "--onlyvisible", "--name", title).Output()
				window = strings.TrimSpace(string(out))
				return window != ""
			})
			if dir := os.Getenv("SCREENS"); dir != "" {
				time.Sleep(time.Second) // it is drawn; nobody depends on it
				exec.Command("/usr/bin/import", "-window", "root", filepath.Join(dir, "alert-"+name+".png")).Run()
			}
			await.True(t, "it is closed", func() bool {
				exec.Command(xdotool, "key", "--window", window, "Return").Run()
				exec.Command(xdotool, "mousemove", "--window", window, "20", "20", "key", "Return").Run()
				return len(seen) == 1
			})
			if !<-seen {
				t.Error("not seen")
			}
		})
	}
}

func TestNeeded(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	reader, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer pipe.Close()
	closed, err := os.Create(filepath.Join(t.TempDir(), "closed"))
	if err != nil || closed.Close() != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), ".xsession-errors"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer terminal.Close()
	for stderr, want := range map[*os.File]bool{null: true, closed: true, file: true, pipe: false, terminal: false} {
		if got := Needed(stderr); got != want {
			t.Errorf("%s: %v, want %v", stderr.Name(), got, want)
		}
	}
}
