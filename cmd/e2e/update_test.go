package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// releasePage is where new versions come from, with a key pair of the real minisign.
type releasePage struct {
	*httptest.Server
	dir   string       // with the secret key
	key   string       // the public one
	asked atomic.Int32 // for the list, as any Modelbeam on this machine may ask for what servers have

	mu    sync.Mutex // guards what follows
	files map[string][]byte
}

func newReleasePage(t *testing.T) *releasePage {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newReleasePageAt(t, l)
}

// newReleasePageAt is newReleasePage on a listener, which it closes.
func newReleasePageAt(t *testing.T, l net.Listener) *releasePage {
	t.Helper()
	r := &releasePage{dir: t.TempDir()}
	r.key = r.newKey(t, "key")
	r.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasPrefix(req.URL.Path, "/latest.json") {
			r.asked.Add(1)
		}
		r.mu.Lock()
		content, ok := r.files[strings.TrimPrefix(req.URL.Path, "/")]
		r.mu.Unlock()
		if !ok {
			http.NotFound(w, req)
			return
		}
		w.Write(content)
	})}}
	r.Start()
	t.Cleanup(r.Close)
	return r
}

// newKey makes a key pair without a password, and returns the public key.
func (r *releasePage) newKey(t *testing.T, name string) string {
	t.Helper()
	public := filepath.Join(r.dir, name+".pub")
	cmd := exec.Command(tool(t, "minisign"), "-G", "-W", "-p", public, "-s", filepath.Join(r.dir, name))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make a key: %v\n%s", err, out)
	}
	text, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}

// publish puts a list there, signed with a key and a comment.
func (r *releasePage) publish(t *testing.T, list map[string]any, key, comment string) {
	t.Helper()
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.dir, "latest.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "minisign"), "-S", "-s", filepath.Join(r.dir, key), "-m", path, "-t", comment)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sign: %v\n%s", err, out)
	}
	signature, err := os.ReadFile(path + ".minisig")
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files = map[string][]byte{"latest.json": text, "latest.json.minisig": signature}
}

// release is a list of a version.
func release(version string, good time.Duration) map[string]any {
	return map[string]any{"version": version, "expires": time.Now().Add(good), "files": map[string]any{}}
}

// builtFor is a beam that was built with an address and a key.
func (r *releasePage) builtFor(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "beam")
	const update = "-X modelbeam/app/update."
	cmd := exec.Command("go", "build", "-tags=migrated_fynedo", "-o", path, "-ldflags",
		update+"Address="+r.URL+"/latest.json "+update+"Keys="+r.key+" "+update+"Channel=deb -X modelbeam/app.Version=0.5.0", "./cmd/beam")
	cmd.Dir = root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// startFor runs such a beam with settings.
func startFor(t *testing.T, program, settings string) *process {
	t.Helper()
	state := filepath.Join(t.TempDir(), "state")
	write(t, filepath.Join(state, "settings.json"), settings)
	p := start(t, "beam", exec.Command(program, "--listen", "127.0.0.1:0", "--json", "--state", state, "--no-scan", "--no-mdns", "--demo", "on"))
	p.awaitEvent(t, "ready", "the gateway is open", anything)
	return p
}

// TestUpdateLists shows a real beam lists that the real minisign has signed.
func TestUpdateLists(t *testing.T) {
	page := newReleasePage(t)
	program := page.builtFor(t)
	page.newKey(t, "other")
	const on = `{"updates": "on"}`

	page.publish(t, release("0.6.0", time.Hour), "key", "modelbeam releases 0.6.0")
	p := startFor(t, program, on)
	p.awaitEvent(t, "state", "the new version is told", func(e event) bool { return e.Update.Version == "0.6.0" && !e.Update.Install })

	for name, tt := range map[string]struct {
		publish func()
		want    string
	}{
		"another key":     {func() { page.publish(t, release("0.6.0", time.Hour), "other", "modelbeam releases 0.6.0") }, "not signed by a key of ours"},
		"another comment": {func() { page.publish(t, release("0.6.0", time.Hour), "key", "modelbeam releases 0.7.0") }, "signed as"},
		"expired":         {func() { page.publish(t, release("0.6.0", -time.Hour), "key", "modelbeam releases 0.6.0") }, "good until"},
		"lower":           {func() { page.publish(t, release("0.4.9", time.Hour), "key", "modelbeam releases 0.4.9") }, "older than this one"},
		"tampered": {func() {
			page.publish(t, release("0.6.0", time.Hour), "key", "modelbeam releases 0.6.0")
			page.mu.Lock()
			defer page.mu.Unlock()
			page.files["latest.json"] = []byte(strings.Replace(string(page.files["latest.json"]), "0.6.0", "0.7.0", 1))
		}, "not signed by a key of ours"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.publish()
			p := startFor(t, program, on)
			await.True(t, "the log tells why", func() bool { return strings.Contains(strings.Join(p.errors(), "\n"), tt.want) })
			for _, e := range p.events(t) {
				if e.Update.Version != "" {
					t.Errorf("it is told: %+v", e.Update)
				}
			}
		})
	}
}

// TestNoUpdateIsAskedFor: not one request until the person says yes, and none after a no.
func TestNoUpdateIsAskedFor(t *testing.T) {
	page := newReleasePage(t)
	program := page.builtFor(t)
	page.publish(t, release("0.6.0", time.Hour), "key", "modelbeam releases 0.6.0")
	off := startFor(t, program, `{"updates": "off", "first_start": "2020-01-01T00:00:00Z"}`)
	fresh := startFor(t, program, `{}`)
	second := startFor(t, program, `{"first_start": "2020-01-01T00:00:00Z"}`)
	second.awaitEvent(t, "state", "on the second day the person is asked", func(e event) bool { return e.Update.Ask })
	for _, p := range []*process{off, fresh} {
		for _, e := range p.events(t) {
			if e.Update.Ask {
				t.Error("somebody is asked who was not to be")
			}
		}
	}
	if n := page.asked.Load(); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}
