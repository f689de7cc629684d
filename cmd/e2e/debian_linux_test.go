package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// debian is a Debian that has nothing but its own minimum, and a person, anna, who has used nothing
// yet. Its processes see each other and no others.
type debian struct {
	dir  string // its root
	init string // the process whose namespaces are its
}

// startDebian starts one of this release, such as "bookworm", from a copy of what debootstrap made.
func startDebian(t *testing.T, release string) *debian {
	t.Helper()
	netnstest.Require(t, "unshare", "nsenter")
	d := &debian{dir: filepath.Join(t.TempDir(), release)}
	must(t, "cp", "-a", "--reflink=auto", debootstrapped(t, release), d.dir)
	for _, dir := range []string{"tmp/.X11-unix", "run/user/1000", "old"} {
		if err := os.MkdirAll(filepath.Join(d.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// What the machine's apt needs to get out, and what policy-rc.d(8) says: no service starts.
	write(t, filepath.Join(d.dir, "etc/apt/apt.conf.d/99test"), aptSettings(t))
	write(t, filepath.Join(d.dir, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n")
	if err := os.Chmod(filepath.Join(d.dir, "usr/sbin/policy-rc.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.boot(t)
	d.must(t, "useradd", "--uid", "1000", "--create-home", "anna")
	d.must(t, "chown", "anna:", "/run/user/1000")
	d.must(t, "apt-get", "update", "-qq")
	return d
}

// boot gives the root namespaces of its own, with the X servers of this machine in it. What apt has
// fetched is kept for the next time.
func (d *debian) boot(t *testing.T) {
	t.Helper()
	archives := filepath.Join(cacheFolder(t), "archives-"+filepath.Base(d.dir))
	if err := os.MkdirAll(archives, 0o755); err != nil {
		t.Fatal(err)
	}
	const script = `
		cd "$0"
		mount --bind . . && cd "$0"
		mount -t proc proc proc
		mount --rbind /sys sys
		mount --rbind /dev dev
		mount --bind /tmp/.X11-unix tmp/.X11-unix
		mount --bind "$1" var/cache/apt/archives
		cp /etc/resolv.conf etc/resolv.conf
		pivot_root . old
		umount -l /old
		exec sleep infinity`
	if err := os.MkdirAll("/tmp/.X11-unix", 0o1777); err != nil {
		t.Fatal(err)
	}
	p := start(t, "debian", exec.Command("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", script, d.dir, archives))
	children := fmt.Sprintf("/proc/%d/task/%[1]d/children", p.cmd.Process.Pid)
	await.True(t, "Debian has started", func() bool {
		text, _ := os.ReadFile(children)
		d.init = strings.TrimSpace(string(text))
		name, _ := os.ReadFile("/proc/" + d.init + "/comm")
		return strings.TrimSpace(string(name)) == "sleep" || !p.running()
	})
	if !p.running() {
		t.Fatal("Debian did not start")
	}
}

// command is a program in it, on the network of a machine, as root.
func (d *debian) command(m *machine, name string, args ...string) *exec.Cmd {
	enter := []string{
		"--target", d.init, "--mount", "--pid", "env", "--ignore-environment", "--chdir=/",
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", name,
	}
	return m.command("nsenter", append(enter, args...)...)
}

// asAnna is a command line as anna's desktop runs it, with her windows on a screen.
func (d *debian) asAnna(m *machine, screen *display, line string) *exec.Cmd {
	return d.command(m, "env", "HOME=/home/anna", "USER=anna", "XDG_RUNTIME_DIR=/run/user/1000", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/games",
		"DISPLAY="+screen.name, "XDG_SESSION_TYPE=x11", "LANG=C.UTF-8",
		"setpriv", "--reuid=anna", "--regid=anna", "--init-groups", "sh", "-c", "cd && exec "+line)
}

// must runs a program in it that has to succeed, and returns what that printed.
func (d *debian) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := d.command(thisMachine, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("in Debian: %s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// files is everything that is in it, but for what its package manager and its libraries keep beside
// what is installed.
func (d *debian) files(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(d.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path = strings.TrimPrefix(path, d.dir)
		switch path {
		case "/proc", "/sys", "/dev", "/var/cache", "/var/log", "/var/lib/apt/lists", "/home/anna":
			return fs.SkipDir
		}
		found[path] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// debootstrapped is the root of a fresh Debian, which is made once on a machine.
func debootstrapped(t *testing.T, release string) string {
	t.Helper()
	dir := filepath.Join(cacheFolder(t), "debian-"+release)
	lock := flock.New(dir + ".lock")
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	fresh := dir + ".new"
	must(t, "rm", "-rf", fresh)
	must(t, tool(t, "debootstrap"), "--variant=minbase", release, fresh, mirror(t))
	if err := os.Rename(fresh, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cacheFolder is where tests keep what takes minutes to make.
func cacheFolder(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "modelbeam-test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// mirror is where this machine has its own Debian packages from.
func mirror(t *testing.T) string {
	t.Helper()
	for uri := range strings.FieldsSeq(must(t, "apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")) {
		if strings.HasSuffix(strings.TrimSuffix(uri, "/"), "/debian") {
			return uri
		}
	}
	missing(t, "a mirror of Debian in apt's sources")
	return ""
}

// aptSettings are those of this machine's apt that say how to get out, and to be quick, and to try again.
func aptSettings(t *testing.T) string {
	t.Helper()
	settings := "Dpkg::Options:: \"--force-unsafe-io\";\nBinary::apt-get::APT::Keep-Downloaded-Packages \"true\";\nAcquire::Retries \"5\";\n"
	for line := range strings.Lines(must(t, "apt-config", "dump")) {
		if strings.HasPrefix(line, "Acquire::http") {
			settings += line
		}
	}
	return settings
}

// must runs a program that has to succeed, and returns what that printed.
func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// processes are the IDs, in its own count, of what runs one of these programs in it.
func (d *debian) processes(t *testing.T, programs ...string) []int {
	t.Helper()
	var found []int
	const script = `for p in /proc/[0-9]*; do echo "${p#/proc/} $(readlink $p/exe)"; done`
	for line := range strings.Lines(d.must(t, "sh", "-c", script)) {
		pid, exe, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, program := range programs {
			if n, err := strconv.Atoi(pid); err == nil && strings.TrimSuffix(exe, " (deleted)") == program {
				found = append(found, n)
			}
		}
	}
	return found
}
