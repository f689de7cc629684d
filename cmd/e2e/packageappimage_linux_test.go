package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageAppImage holds the AppImage to the form that others read: its mark, where its files begin, and
// what is at their root.
func TestPackageAppImage(t *testing.T) {
	file := packageFile(t, "Modelbeam-*-x86_64.AppImage")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte("\x7fELF\x02\x01\x01\x00AI\x02"); !bytes.HasPrefix(text, want) {
		t.Errorf("the file begins with %q, want %q", text[:len(want)], want)
	}
	offset := strings.TrimSpace(runAppImage(t, file, t.TempDir(), "--appimage-offset"))
	dir := t.TempDir()
	others := filepath.Join(dir, "others")
	must(t, tool(t, "unsquashfs"), "-quiet", "-no-progress", "-dest", others, "-offset", offset, file)
	for _, name := range []string{"AppRun", ".DirIcon", appID + ".desktop", appID + ".png", "usr/bin/modelbeam", "usr/bin/beam"} {
		if !isFile(filepath.Join(others, name)) {
			t.Errorf("there is no %s in it", name)
		}
	}
	must(t, tool(t, "desktop-file-validate"), filepath.Join(others, appID+".desktop"))
	runAppImage(t, file, dir, "--appimage-extract")
	must(t, "diff", "--recursive", others, filepath.Join(dir, "squashfs-root"))
	must(t, filepath.Join(dir, "squashfs-root", "AppRun"), "--version")
}

// TestPackageAppImageRuns starts the programs in it by all the names that they have, from a cache that is
// empty, that is not, and that is none.
func TestPackageAppImageRuns(t *testing.T) {
	file := packageFile(t, "Modelbeam-*-x86_64.AppImage")
	link := filepath.Join(t.TempDir(), "beam")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	for _, tt := range []struct {
		want, program string
		args          []string
	}{
		{"modelbeam ", file, []string{"--version"}},
		{"modelbeam ", file, []string{"--appimage-extract-and-run", "--version"}},
		{"beam ", file, []string{"beam", "--version"}},
		{"beam ", link, []string{"--version"}},
	} {
		if out := runAppImage(t, tt.program, home, tt.args...); !strings.HasPrefix(out, tt.want) {
			t.Errorf("%s %q prints %q", filepath.Base(tt.program), tt.args, out)
		}
	}
	if out := runAppImage(t, file, "/proc/nowhere", "beam", "--version"); !strings.HasPrefix(out, "beam ") {
		t.Errorf("without a home it prints %q", out)
	}
}

// runAppImage runs it in a folder, which is the person's home too.
func runAppImage(t *testing.T, file, home string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), file, args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME=", "TMPDIR="+t.TempDir())
	if !strings.HasPrefix(home, "/proc") {
		cmd.Dir = home
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(file), args, err, out)
	}
	return string(out)
}

// checkAppImage opens it as anna, who has it in a folder with a space and may mount nothing: there is no
// FUSE. Its libraries are those of the desktop.
func (d *debian) checkAppImage(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(d.dir, "usr/bin/fusermount3")); err == nil {
		t.Error("this Debian has FUSE")
	}
	d.must(t, "mkdir", "/home/anna/My Apps")
	must(t, "cp", packageFile(t, "Modelbeam-*-x86_64.AppImage"), filepath.Join(d.dir, "home/anna/My Apps/Modelbeam.AppImage"))
	d.must(t, "chown", "-R", "anna:", "/home/anna/My Apps")
	laptop, phone := newHome(t)
	screen := startDisplay(t)
	d.triesDemo(t)
	start(t, "AppImage", d.asAnna(laptop, screen, "'My Apps/Modelbeam.AppImage'"))
	d.scanAndChat(t, screen, phone)
	d.anna(t, "'My Apps/Modelbeam.AppImage' beam stop")
}
