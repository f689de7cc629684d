package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// wine is a Windows of a test's own: what is done to its registry and its disk, nobody else sees.
type wine struct {
	program string
	prefix  string // the folder that it is in
}

func newWine(t *testing.T) *wine {
	t.Helper()
	w := &wine{program: tool(t, "wine"), prefix: filepath.Join(t.TempDir(), "wine")}
	compiler := tool(t, "x86_64-w64-mingw32-gcc")
	t.Cleanup(func() { w.command(context.Background(), tool(t, "wineserver"), "-k").Run() }) // its services outlive what was started
	w.run(t, "wineboot", "--init")
	dll := filepath.Join(w.prefix, "drive_c", "windows", "system32", "bcryptprimitives.dll")
	out, err := exec.Command(compiler, "-shared", "-o", dll, "testdata/wine/processprng.c", "-ladvapi32").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return w
}

// command is a program of this machine that uses the Windows.
func (w *wine) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "WINEPREFIX="+w.prefix, "WINEARCH=win64", "WINEDEBUG=-all",
		"WINEDLLOVERRIDES=mscoree,mshtml=", // which it would offer to fetch from the internet
		"DISPLAY=")
	return cmd
}

// run runs a program of Windows to its end, and returns what it says. That goes to a file: the services that a first
// program starts hold on to its output, and a pipe would not end with it.
func (w *wine) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := w.command(ctx, w.program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	failed := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if err != nil || failed != nil {
		t.Fatalf("%q: %v, %v\n%s", args, failed, err, text)
	}
	return string(text)
}

// TestWindowsTwins runs the tests of packages that are others on Windows, as a Windows runs them.
func TestWindowsTwins(t *testing.T) {
	await.Long(t)
	w := newWine(t)
	for _, pkg := range []string{"autostart"} {
		t.Run(pkg, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), pkg+".test.exe")
			build := exec.Command("go", "test", "-c", "-o", program, "./app/"+pkg)
			build.Dir = root(t)
			build.Env = append(os.Environ(), "GOOS=windows", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			out := w.run(t, program, "-test.v")
			if !strings.Contains(out, "--- PASS: Test") || !strings.Contains(out, "\nPASS") {
				t.Errorf("no test has run:\n%s", out)
			}
		})
	}
}
