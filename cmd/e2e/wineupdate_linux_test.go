package e2e

import (
	"image"
	"image/color"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"modelbeam/cmd/e2e/await"
)

// olderVersion is older than any that is released.
const olderVersion = "0.0.1"

// TestPackageWindowsInstallsUpdate has a person click Install in the window of an older version, while a phone
// is being answered. The release page has the setup program of the packages, signed as a release is. The answer
// ends as it would have; then the new version runs, with its window, and the phone goes on.
func TestPackageWindowsInstallsUpdate(t *testing.T) {
	newer := packageFile(t, "*-windows-x64-setup.exe")
	laptop, phone := newHome(t)
	page := newReleasePageAt(t, laptop.listen(t))
	version := page.release(t, newer)
	older := page.buildOlder(t)
	w := startWindows(t, laptop)
	w.screen = startDisplay(t)
	w.triesDemo(t)
	w.run(t, w.download(t, older), "/S")
	write(t, w.path(roamingData+`\modelbeam\settings.json`), `{"name": "`+laptopName+`", "updates": "on"}`)
	if got := w.run(t, installed+`\beam.exe`, "--version"); got != "beam "+olderVersion+"\n" {
		t.Fatalf("before, there is %q", got)
	}
	window := w.open(t)
	t.Cleanup(w.shutDown) // comes before the end of the window is waited for: the new one has its output
	window.awaitEvent(t, "state", "the new version is offered", func(e event) bool { return e.Update.Version == version && e.Update.Install })
	service, shown := w.awaitRunning(t, "beam.exe", 1)[0], w.awaitRunning(t, "modelbeam.exe", 1)[0]
	p := scan(t, window, phone)

	p.watchAnswer()
	p.ask("Tell me something.", "modelbeam-demo")
	p.awaitGrowth(2)
	install, began := w.awaitInstall(t), time.Now()
	w.click(t, install)
	p.awaitAnswerEnd()
	await.Get(t, "the answer is whole", p.answer, func(got string) bool { return strings.HasSuffix(got, "with no need to scan again.") }) // it is painted a little later
	w.awaitUnpacked(t, began)
	w.awaitAnother(t, "beam.exe", service)
	w.awaitAnother(t, "modelbeam.exe", shown)
	w.awaitRunning(t, filepath.Base(newer), 0)
	if got := w.run(t, installed+`\beam.exe`, "--version"); got != "beam "+version+"\n" {
		t.Errorf("after it, there is %q, want version %s", got, version)
	}
	p.watchAnswer()
	p.ask("And now something else.", "modelbeam-demo")
	p.awaitGrowth(5)
}

// awaitAnother waits until one process runs a program, and is not the one that did before.
func (w *windowsPC) awaitAnother(t *testing.T, name string, before int) {
	t.Helper()
	await.True(t, "another "+name+" runs", func() bool {
		now := w.running(name)
		return len(now) == 1 && now[0] != before
	})
}

// listen opens a port of the machine's loopback.
func (m *machine) listen(t *testing.T) net.Listener { t.Helper(); return m.listenAt(t, "127.0.0.1:0") }

func (m *machine) listenAt(t *testing.T, address string) net.Listener {
	t.Helper()
	type opened struct {
		net.Listener
		err error
	}
	ch := make(chan opened, 1)
	go func() {
		runtime.LockOSThread()
		l, err := m.listenHere(address)
		ch <- opened{l, err}
	}()
	o := <-ch
	if o.err != nil {
		t.Fatalf("listen in another network: %v", o.err)
	}
	return o.Listener
}

// listenHere moves the caller's thread to the machine, and back: where a thread ends, as one that stays locked does with
// its goroutine, every program is killed that was started on it (PR_SET_PDEATHSIG(2const)).
func (m *machine) listenHere(address string) (net.Listener, error) {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer home.Close()
	network, err := os.Open(filepath.Join("/run/netns", m.ns.Name))
	if err != nil {
		return nil, err
	}
	defer network.Close()
	if err := unix.Setns(int(network.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", address)
	if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	}
	return l, err
}

// TestListeningEndsNoProgram holds that what a test has started goes on when it opens a port of another machine.
func TestListeningEndsNoProgram(t *testing.T) {
	laptop, _ := newHome(t)
	var programs []*process
	for range 10 { // on which thread each is done is chance
		programs = append(programs, start(t, "sleep", exec.Command("sleep", "600")))
		defer laptop.listen(t).Close()
	}
	for _, p := range programs {
		p.signal(syscall.SIGTERM)
		await.Done(t, "the program ends", p.exited)
		if by := p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(); by != syscall.SIGTERM {
			t.Errorf("a program was ended by %q before", by)
		}
	}
}

// release puts a package there, with the list of it that a release has, and returns its version.
func (r *releasePage) release(t *testing.T, setup string) (version string) {
	t.Helper()
	dir := t.TempDir()
	_, version, _ = strings.Cut(strings.TrimSuffix(filepath.Base(setup), "-windows-x64-setup.exe"), "-")
	content, err := os.ReadFile(setup)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, filepath.Base(setup)), string(content))
	secret, err := os.ReadFile(filepath.Join(r.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	sign := exec.Command(filepath.Join(root(t), ".ci", "packages", "sign"), dir, version)
	sign.Env = append(os.Environ(), "MINISIGN_KEY="+strings.TrimSpace(string(secret)))
	if out, err := sign.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files = map[string][]byte{}
	for _, name := range []string{filepath.Base(setup), "latest.json", "latest.json.minisig"} {
		if r.files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return version
}

// buildOlder makes the setup program of an older version, which asks this page for newer ones.
func (r *releasePage) buildOlder(t *testing.T) (setup string) {
	t.Helper()
	dist := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(root(t), ".ci", "package"), "windows")
	cmd.Env = append(os.Environ(), "DIST="+dist, "VERSION="+olderVersion, "UPDATE_LIST="+r.URL+"/latest.json", "UPDATE_KEYS="+r.key)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dist, "Modelbeam-"+olderVersion+"-windows-x64-setup.exe")
}

// awaitInstall waits until the window offers to install a new version, and returns where its button is.
func (w *windowsPC) awaitInstall(t *testing.T) (at image.Point) {
	t.Helper()
	button := color.RGBA{0xCF, 0xE6, 0xDF, 0xff} // see-through, on the green of a friendly hint
	await.True(t, "the window offers the new version", func() bool {
		var length int
		at, length = longestLine(w.screen.screenshot(t), button)
		return length > 40
	})
	return at
}

// longestLine is the middle of the longest row of pixels that have about one color, and its length. Single ones
// are in the edges of text too.
func longestLine(picture image.Image, want color.RGBA) (middle image.Point, longest int) {
	size := picture.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y++ {
		length := 0
		for x := size.Min.X; x < size.Max.X; x++ {
			length++
			if c := color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA); !near(c.R, want.R) || !near(c.G, want.G) || !near(c.B, want.B) {
				length = 0
			}
			if length > longest {
				middle, longest = image.Pt(x-length/2, y), length
			}
		}
	}
	return middle, longest
}

func near(a, b uint8) bool { return max(a, b)-min(a, b) <= 2 }
