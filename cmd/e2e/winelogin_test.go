package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

const (
	runKey      = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// TestPackageWindowsLogin switches the start at login on, and does what Windows does at a login: phones can
// come, and no window shows. What Task Manager turned off is switched on again, and the uninstaller
// takes all of it away.
func TestPackageWindowsLogin(t *testing.T) {
	file := packageFile(t, "*-windows-x64-setup.exe")
	laptop, _ := newHome(t)
	w := startWindows(t, laptop)
	w.screen = startDisplay(t)
	w.run(t, w.download(t, file), "/S")
	w.startHidden(t)
	w.atLogin(t, "on")
	want := `\AppData\Local\Programs\Modelbeam\modelbeam.exe" --hidden` // reg writes the name before it in another codepage
	if got := w.run(t, "reg", "query", runKey, "/v", "Modelbeam"); !strings.Contains(got, want) {
		t.Errorf("Windows starts %q, want %s", got, want)
	}
	w.startHidden(t)

	w.run(t, "reg", "add", approvedKey, "/v", "Modelbeam", "/t", "REG_BINARY", "/d", "030000000000000000000000", "/f")
	w.startHidden(t) // it looks then
	w.atLogin(t, "on")
	if out, err := output(w.command("reg", "query", approvedKey, "/v", "Modelbeam")); err == nil {
		t.Errorf("Task Manager still keeps it off: %s", out)
	}

	w.run(t, installed+`\uninstall.exe`, "/S")
	await.True(t, "its folder is gone", func() bool { return !exists(w.path(installed)) })
	if out, err := output(w.command("reg", "query", runKey, "/v", "Modelbeam")); err == nil {
		t.Errorf("the uninstaller has left %s", out)
	}
}

// startHidden does what Windows does at a login, where nothing of ours runs.
func (w *windowsPC) startHidden(t *testing.T) {
	t.Helper()
	w.run(t, installed+`\beam.exe`, "stop")
	w.awaitRunning(t, "beam.exe", 0)
	w.run(t, installed+`\modelbeam.exe`, "--hidden")
	w.awaitRunning(t, "beam.exe", 1)
	w.awaitRunning(t, "modelbeam.exe", 0)
}

// atLogin flips the switch of the service that runs, and returns when the service says so.
func (w *windowsPC) atLogin(t *testing.T, to string) {
	t.Helper()
	const program = `C:\ask.exe`
	build := exec.Command("go", "build", "-o", w.path(program), "./cmd/e2e/testdata/wine/ask")
	build.Dir = root(t)
	build.Env = append(os.Environ(), "GOOS=windows", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := strings.TrimSpace(w.run(t, program, to)); got != to {
		t.Errorf("the start at login is %s, want %s", got, to)
	}
}

// TestPackageWindowsAwake has a phone ask the service twice. Windows is asked to stay awake from the first byte on,
// and not before; and is let go once, a minute after the last.
func TestPackageWindowsAwake(t *testing.T) {
	portable := packageFile(t, "*-windows-x64-portable.zip")
	t.Parallel() // the minute is a promise of the product
	w := startWindows(t, thisMachine)
	folder := w.unpack(t, portable)
	cmd := w.command(folder+`\beam.exe`, "service", "--demo=on", "--no-scan", "--no-mdns", "--listen=127.0.0.1:0")
	cmd.Env = append(cmd.Env, "WINEDEBUG=-all,warn+ntdll") // it tells of calls that it does nothing about
	service := start(t, "beam.exe service", cmd)
	b := w.attach(t, folder)
	const held, free = "(0x80000001,", "(0x80000000,"
	if got := said(service); strings.Contains(got, held) {
		t.Fatalf("before a phone asks: %s", got)
	}
	key, model := firstLight(t, b)
	await.True(t, "Windows is asked to stay awake", func() bool { return strings.Contains(said(service), held) })
	before := time.Now() // the last byte: nothing of the second answer has come yet
	answer := chat(t, b.url, key, model)
	if answer.rest(); answer.err != nil {
		t.Fatal(answer.err)
	}
	await.TrueWithin(t, 2*await.Limit, "Windows is let go", func() bool {
		got := said(service)
		return strings.Contains(got[strings.Index(got, held):], free)
	})
	if got := time.Since(before); got < time.Minute {
		t.Errorf("Windows is let go %s after the last answer began, want a minute after it ended", got)
	}
}

// attach shows the service that was just started in a terminal, as beam does without a command. Before that has
// begun, beam would be the service itself.
func (w *windowsPC) attach(t *testing.T, folder string) *beam {
	t.Helper()
	await.True(t, "the service has begun", func() bool { return exists(w.path(localData + `\Modelbeam\Logs\service.log`)) })
	b := &beam{}
	await.True(t, "beam shows the service", func() bool {
		if b.process == nil || !b.running() { // it ends where the service does not listen yet
			b.process = start(t, "beam.exe", w.command(folder+`\beam.exe`, "--json"))
		}
		return len(b.lines()) > 0
	})
	b.ready = b.awaitEvent(t, "ready", "the gateway is open", anything)
	b.url = "http://" + b.ready.Listen
	return b
}

// said is what Wine tells of the calls by which a program keeps Windows awake.
func said(p *process) string {
	var calls []string
	for _, line := range p.errors() {
		if strings.Contains(line, "NtSetThreadExecutionState") {
			calls = append(calls, line)
		}
	}
	return strings.Join(calls, "\n")
}
