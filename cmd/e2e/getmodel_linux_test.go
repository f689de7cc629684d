package e2e

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// smallDisk mounts a disk of that many bytes.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		missing(t, "the right to mount a disk ("+err.Error()+")")
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// growDisk gives it more room.
func growDisk(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size="+size); err != nil {
		t.Fatal(err)
	}
}

// TestDiskTooSmallForAModel has an Ollama keep its models on a disk that is too small for the tiny one. Ollama finds
// out when the disk is full; where Modelbeam knows the disk, it says so before a byte has come.
func TestDiskTooSmallForAModel(t *testing.T) {
	t.Parallel()
	r := startRegistry(t)
	o := ollamaIn(t, smallDisk(t, "8m"))
	for _, tt := range []struct {
		name, tells string
		most        int64 // bytes that may come: too few to fill the disk, where it is not Ollama that finds out
	}{
		{"Ollama", "", 20 << 20},
		{"Modelbeam", "OLLAMA_MODELS=" + o.models, 1 << 20},
	} {
		cmd := beamCommand(t, "--listen", "127.0.0.1:0", "--json", "--state", filepath.Join(t.TempDir(), "state"), "--no-scan", "--no-mdns", "--server", o.url)
		cmd.Env = append(os.Environ(), tt.tells)
		b := &beam{process: start(t, "beam", cmd), state: cmd.Args[5]}
		b.awaitEvent(t, "ready", "the gateway is open", anything)
		sent, _ := r.told()
		r.allow(sent + tt.most)
		d := b.get(t, r.name("tiny")).ends(t, 1)
		if d.Phase != "failed" || d.cause() != "disk-full" || d.Failure.Title != "There is not enough room on the disk." {
			t.Errorf("%s: %+v, %+v", tt.name, d, d.Failure)
		}
		if err := b.stop(t); err != nil {
			t.Error(err)
		}
	}
}

// TestConnectionIsCut breaks the connection in the middle of a download. The person is told, and when it is better the
// download has gone on by itself, from where it was.
func TestConnectionIsCut(t *testing.T) {
	t.Parallel()
	await.Long(t)
	r, o := startRegistry(t), emptyOllama(t)
	b := startBeam(t, "--server", o.url)
	size := int64(len(makeTinyModel()))
	r.allow(size / 2)
	g := b.get(t, r.name("tiny"))
	g.await(t, "half is there", func(d coming) bool { return d.Done >= size/2-gulp })
	r.set(func(r *registry) { r.broken = true })
	told := g.await(t, "the person is told", func(d coming) bool { return d.cause() == "stalled" })
	if told.Phase != "downloading" || told.Failure.Title != "Nothing is arriving at the moment." {
		t.Errorf("%+v, %+v", told, told.Failure)
	}
	r.set(func(r *registry) { r.broken, r.allowed = false, 1<<40 })
	if d := g.ends(t, 0); d.Phase != "done" {
		t.Errorf("%+v", d)
	}
	grows(t, g.seen(t))
}
