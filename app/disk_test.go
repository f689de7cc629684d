package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"modelbeam/app/settings"
	"modelbeam/app/store"
	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/llm"
)

// hangingDisk is one on which settings are not written until it is freed.
type hangingDisk struct {
	reached chan struct{} // closed when somebody wanted to write
	freed   chan struct{}
	once    sync.Once
}

func newHangingDisk() *hangingDisk {
	return &hangingDisk{reached: make(chan struct{}), freed: make(chan struct{})}
}

func (d *hangingDisk) save(path string, v any) error {
	d.once.Do(func() { close(d.reached) })
	<-d.freed
	return store.Save(path, v)
}

// runs is a Controller that runs until stop is called.
func runs(t *testing.T, c *Controller) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(stop)
	return stop
}

// promptly fails unless f returns while the disk hangs.
func promptly(t *testing.T, what string, f func()) {
	t.Helper()
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		f()
	}()
	await.Done(t, what+" waits for no disk", returned)
}

// TestNobodyWaitsForTheDisk has the disk hang while a person and phones go on: nothing waits, and
// nothing that the person did is lost.
func TestNobodyWaitsForTheDisk(t *testing.T) {
	disk, dir := newHangingDisk(), t.TempDir()
	c := newController(Options{StateDir: dir, Listen: "127.0.0.1:0", NoScan: true, NoMDNS: true, Demo: "on"}, slog.New(slog.DiscardHandler), disk.save)
	stop := runs(t, c)
	free := sync.OnceFunc(func() { close(disk.freed) })
	defer free()
	<-disk.reached // the port is to be remembered
	held := make(chan struct{})
	c.disk.keyring.later(func() { <-held }) // and the keyring asks the person
	d, _, err := c.devices.Add("phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	await.True(t, "the demo can be hidden", func() bool { return len(c.State().Servers) == 1 })
	promptly(t, "State", func() { c.State() })
	promptly(t, "Pause", c.Pause)
	promptly(t, "Resume", c.Resume)
	promptly(t, "ShowCode", func() { c.ShowCode(true) })
	promptly(t, "Invite", func() { c.Invite(Invitation{}) })
	promptly(t, "what phones do", func() { c.visit(d.ID, "192.168.1.20") })
	promptly(t, "1,000 changes", func() {
		for i := range 1000 {
			c.HideModel(KindDemo, fmt.Sprint("model ", i), true)
		}
	})
	promptly(t, "100 names", func() {
		for i := range 100 {
			c.RenameDevice(d.ID, fmt.Sprint("phone ", i))
		}
	})
	promptly(t, "RemoveDevice", func() { c.RemoveDevice(d.ID) })
	if got := c.settings.Get(); len(got.Hidden) != 1000 {
		t.Errorf("%d of 1000 changes hold already", len(got.Hidden))
	}
	await.True(t, "the phone is removed, whatever the keyring asks", func() bool { return len(c.devices.List()) == 0 })
	close(held)
	free()
	stop()
	kept, err := readSettings(dir)
	if err != nil || len(kept.Hidden) != 1000 || kept.ID != c.id {
		t.Errorf("on the disk are %d of 1000 changes of %q: %v", len(kept.Hidden), kept.ID, err)
	}
}

// TestTasksKeepTheirOrder: whatever was asked for last is what holds, and also what still waits when
// Run ends is done.
func TestTasksKeepTheirOrder(t *testing.T) {
	c := newIdle(t)
	var done []int
	for i := range 1000 {
		c.disk.list.later(func() { done = append(done, i) })
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.disk.run(ctx)
	if len(done) != 1000 {
		t.Fatalf("%d of 1000 were done", len(done))
	}
	for i, n := range done {
		if i != n {
			t.Fatalf("number %d was done as the %d.", n, i)
		}
	}
}

// TestRunEndsWhatIsInTheBackground: a server that is being tried and one that was started keep nothing of ours going.
// TestMain looks for what is left.
func TestRunEndsWhatIsInTheBackground(t *testing.T) {
	asked := make(chan struct{}, 1)
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	}))
	defer hangs.Close()
	r := start(t, Options{Demo: "on"})
	file := filepath.Join(t.TempDir(), "started")
	r.servers.hinted([]llm.Hint{{Kind: "ollama", Name: "Ollama", Reason: llm.NotRunning, Start: []string{"sh", "-c", "echo $$ >" + file + "; exec sleep 1000"}}})
	r.Help("ollama-not-running")
	pid := 0
	await.True(t, "it was started", func() bool {
		text, _ := os.ReadFile(file)
		_, err := fmt.Sscan(string(text), &pid)
		return err == nil
	})
	program, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = program.Kill()
		_, _ = program.Wait()
	}()
	r.TestServer(hangs.URL, "", func(res TestResult) { t.Errorf("told %+v when nobody is there any more", res) })
	<-asked
	promptly(t, "the end of Run", r.stop)
	r.TestServer("", "", func(res TestResult) { t.Errorf("told %+v after the end", res) })
}

// TestUnsavedIsTold: as long as settings are not on the disk, and not only until something else is.
func TestUnsavedIsTold(t *testing.T) {
	c := newController(Options{StateDir: t.TempDir(), NoMDNS: true}, slog.New(slog.DiscardHandler), func(string, any) error { return os.ErrPermission })
	c.settings.Change(func(s *settings.Settings) { s.Port = 1 })
	c.flush()
	if got := c.problemKind(); got != ProblemNotSaved {
		t.Errorf("told %q", got)
	}
	c.disk.saved(nil) // something else could be saved
	if got := c.problemKind(); got != ProblemNotSaved {
		t.Errorf("told %q though the settings are not on the disk", got)
	}
}
