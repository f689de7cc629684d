package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// windowsPC is a computer with Windows, as far as Wine is one: what is done to its registry and its disk,
// nobody else sees. Its person has a name that is not all ASCII, and that all of the person's paths begin with.
type windowsPC struct {
	*machine
	prefix string   // the folder that it is in
	screen *display // none: what wants one fails
}

const windowsUser = "Zoë Müller"

// The folders of that person's, as Windows names them.
const (
	localData   = `C:\users\` + windowsUser + `\AppData\Local`
	roamingData = `C:\users\` + windowsUser + `\AppData\Roaming`
)

// Wine itself, and what its programs share; Debian's script named wine also wants the 32-bit one.
const (
	wine       = "/usr/lib/wine/wine64"
	wineServer = "/usr/lib/wine/wineserver64"
	mingw      = "x86_64-w64-mingw32-gcc"
)

// startWindows installs a Windows on m that nothing of ours has been on.
func startWindows(t *testing.T, m *machine) *windowsPC {
	t.Helper()
	if !isFile(wine) {
		missing(t, "wine64")
	}
	tool(t, mingw)
	installed, err := installWindows()
	if err != nil {
		t.Fatal(err)
	}
	w := &windowsPC{machine: m, prefix: t.TempDir()}
	w.clone(t, installed)
	t.Cleanup(w.shutDown)
	return w
}

// shutDown ends all that runs there, and writes the registry to the disk.
func (w *windowsPC) shutDown() {
	_ = w.environ(exec.Command(wineServer, "--kill")).Run() // an error says that nothing runs
	_ = w.environ(exec.Command(wineServer, "--wait")).Run()
}

// installWindows makes what all of them begin with, once: it takes Wine some seconds and half a GB.
var installWindows = sync.OnceValues(func() (string, error) {
	w := &windowsPC{machine: thisMachine, prefix: filepath.Join(binaries, "windows")}
	system := filepath.Join(w.prefix, "drive_c", "windows", "system32")
	for _, step := range [][]string{
		{wine, "wineboot", "--init"},
		{wine, "winecfg", "-v", "win10"},
		{wineServer, "--wait"},
		{mingw, "-shared", "-o", filepath.Join(system, "bcryptprimitives.dll"), "testdata/wine/processprng.c", "-ladvapi32"},
		{mingw, "-o", filepath.Join(system, "netsh.exe"), "testdata/wine/netsh.c"},
		{mingw, "-o", filepath.Join(system, "place.exe"), "testdata/wine/place.c"},
	} {
		if out, err := output(w.environ(exec.Command(step[0], step[1:]...))); err != nil {
			return "", fmt.Errorf("%q: %w\n%s", step, err, out)
		}
	}
	return w.prefix, nil
})

// clone copies an installed Windows by links: Wine replaces the files that it changes.
func (w *windowsPC) clone(t *testing.T, installed string) {
	t.Helper()
	if out, err := exec.Command("cp", "-as", installed+"/.", w.prefix).CombinedOutput(); err != nil {
		t.Fatalf("copy an installed Windows: %v\n%s", err, out)
	}
	for _, name := range []string{"system.reg", "user.reg", "userdef.reg"} {
		text, err := os.ReadFile(filepath.Join(installed, name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(w.prefix, name)
		_ = os.Remove(path)
		write(t, path, string(text))
	}
	// Drive C: is here, and there is no Z: to the files of the machine that the test runs on.
	drives := filepath.Join(w.prefix, "dosdevices")
	_ = os.RemoveAll(drives)
	if err := os.Mkdir(drives, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../drive_c", filepath.Join(drives, "c:")); err != nil {
		t.Fatal(err)
	}
}

// environ lets a command act on this Windows and on nothing else of the machine.
func (w *windowsPC) environ(cmd *exec.Cmd) *exec.Cmd {
	if w.screen != nil {
		w.screen.on(cmd)
	}
	cmd.Env = append(cmd.Environ(), "WINEPREFIX="+w.prefix, "WINEDEBUG=-all", "HOME="+w.prefix, "USER="+windowsUser,
		// No menu entries outside, no questions about what else could be installed, and our netsh.
		"WINEDLLOVERRIDES=winemenubuilder.exe=d;mscoree=;mshtml=;netsh.exe=n")
	return cmd
}

// command is a program on this Windows. The first one that runs must be on its machine: Wine's server,
// which has the sockets of all, stays where that was.
func (w *windowsPC) command(program string, args ...string) *exec.Cmd {
	cmd := w.environ(w.machine.command(wine, append([]string{program}, args...)...))
	cmd.Dir = w.path(`C:\`)
	return cmd
}

// run runs a program to its end, which must be good, and returns what it printed.
func (w *windowsPC) run(t *testing.T, program string, args ...string) string {
	t.Helper()
	text, err := output(w.command(program, args...))
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, text)
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// output runs a command and returns what it printed. That goes to a file: what a program starts that goes on,
// as Wine's services, holds on to its output, and a pipe would not end with it.
func output(cmd *exec.Cmd) (string, error) {
	file, err := os.CreateTemp(binaries, "output")
	if err != nil {
		return "", err
	}
	defer file.Close()
	cmd.Stdout, cmd.Stderr = file, file
	failed := cmd.Run()
	text, err := os.ReadFile(file.Name())
	return string(text), errors.Join(failed, err)
}

// path is where a file of drive C: really is.
func (w *windowsPC) path(name string) string {
	return filepath.Join(w.prefix, "drive_c", filepath.FromSlash(strings.ReplaceAll(strings.TrimPrefix(name, `C:\`), `\`, "/")))
}

// download puts a file where a browser does, and returns its path there.
func (w *windowsPC) download(t *testing.T, from string) string {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to := `C:\users\` + windowsUser + `\Downloads\` + filepath.Base(from)
	write(t, w.path(to), string(content))
	return to
}

// running returns the IDs of the processes there that run a program of that file name.
func (w *windowsPC) running(name string) (ids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		environment, err := os.ReadFile(dir + "/environ")
		if err != nil || !strings.Contains("\x00"+string(environment), "\x00WINEPREFIX="+w.prefix+"\x00") {
			continue
		}
		arguments, _ := os.ReadFile(dir + "/cmdline")
		program, _, _ := strings.Cut(string(arguments), "\x00")
		if strings.EqualFold(program[strings.LastIndexAny(program, `\/`)+1:], name) {
			id, _ := strconv.Atoi(filepath.Base(dir))
			ids = append(ids, id)
		}
	}
	return ids
}

// awaitRunning waits until so many processes run a program.
func (w *windowsPC) awaitRunning(t *testing.T, name string, n int) []int {
	t.Helper()
	return await.Get(t, fmt.Sprintf("%d of %s run", n, name), func() []int { return w.running(name) }, func(ids []int) bool {
		return len(ids) == n
	})
}
