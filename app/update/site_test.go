package update

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aead.dev/minisign"

	"modelbeam/app/settings"
	"modelbeam/app/store"
)

// have is the version of the program in these tests.
const have = "1.2.0"

// signer is a key pair.
type signer struct {
	public  minisign.PublicKey
	private minisign.PrivateKey
}

func newSigner(t *testing.T) signer {
	t.Helper()
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer{public, private}
}

// release is what a server publishes.
type release struct {
	list, signature []byte
	files           map[string][]byte
}

// publish makes a release with one file for the channel, signed by s.
func publish(t *testing.T, s signer, version, channel string, content []byte) *release {
	t.Helper()
	sum := sha256.Sum256(content)
	l := List{Version: version, Expires: time.Now().Add(time.Hour), Files: map[string]File{
		fileKey(channel, runtime.GOARCH): {Name: "Modelbeam-" + version + ".bin", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])},
	}}
	r := &release{files: map[string][]byte{"Modelbeam-" + version + ".bin": content}}
	r.sign(t, s, l, commentOf(version))
	return r
}

func (r *release) sign(t *testing.T, s signer, list any, comment string) {
	t.Helper()
	var err error
	if r.list, err = json.Marshal(list); err != nil {
		t.Fatal(err)
	}
	r.signature = minisign.SignWithComments(s.private, r.list, comment, "not signed")
}

// site serves a release, and counts what is asked of it.
type site struct {
	*httptest.Server
	asked atomic.Int32
	heads sync.Map // header -> true, of all requests
}

func serveRelease(t *testing.T, r *release) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.asked.Add(1)
		for name, values := range req.Header {
			s.heads.Store(name+": "+strings.Join(values, ","), true)
		}
		switch name := strings.TrimPrefix(req.URL.Path, "/dl/"); name {
		case "latest.json":
			w.Write(r.list)
		case "latest.json.minisig":
			w.Write(r.signature)
		default:
			if r.files[name] == nil {
				http.NotFound(w, req)
				return
			}
			w.Write(r.files[name])
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// logged is a log that a test reads.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// running is an Updater that runs, of somebody who has had Modelbeam for a while.
type running struct {
	*Updater
	settings *settings.Store
	log      *logged
	busy     atomic.Bool
	restarts chan bool
}

// start runs an Updater until the test ends. edit changes what it remembers first.
func start(t *testing.T, address, channel string, keys []minisign.PublicKey, edit func(*settings.Settings)) *running {
	t.Helper()
	dir := t.TempDir()
	return startIn(t, dir, address, channel, keys, edit)
}

func startIn(t *testing.T, dir, address, channel string, keys []minisign.PublicKey, edit func(*settings.Settings)) *running {
	t.Helper()
	s, err := settings.Open(dir, store.Save)
	if err != nil {
		t.Fatal(err)
	}
	s.Change(func(s *settings.Settings) {
		s.FirstStart = time.Now().Add(-48 * time.Hour)
		if edit != nil {
			edit(s)
		}
	})
	r := &running{settings: s, log: &logged{}, restarts: make(chan bool, 1)}
	r.Updater = New(Options{
		Source: Source{Address: address, Keys: keys, Page: "https://example.org/"}, Channel: channel, Version: have,
		Folder: filepath.Join(dir, "update"), Changed: func() {}, Busy: r.busy.Load,
		Restart: func() { r.restarts <- true }, Log: slog.New(slog.NewTextHandler(r.log, nil)),
	}, s)
	ctx := t.Context()
	ended := make(chan bool)
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	t.Cleanup(func() { <-ended })
	return r
}

// wanted is a person who said yes, before they had Modelbeam for long.
func wanted(s *settings.Settings) { s.Updates, s.FirstStart = settings.UpdatesOn, time.Time{} }
