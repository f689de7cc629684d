package update

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"
	"go.uber.org/goleak"

	"modelbeam/app/settings"
	"modelbeam/cmd/e2e/await"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNewVersionIsOffered(t *testing.T) {
	key, spare := newSigner(t), newSigner(t)
	for name, by := range map[string]signer{"the key": key, "the spare key": spare} {
		t.Run(name, func(t *testing.T) {
			site := serveRelease(t, publish(t, by, "1.3.0", "deb", []byte("x")))
			u := start(t, site.URL+"/dl/latest.json", "deb", []minisign.PublicKey{key.public, spare.public}, wanted)
			await.True(t, "the version is offered", func() bool { return u.View().Version == "1.3.0" })
			if v := u.View(); v.Install || v.Page != "https://example.org/" {
				t.Errorf("a package manager installs it, and the view is %+v", v)
			}
			site.heads.Range(func(head, _ any) bool {
				if h := head.(string); h != "User-Agent: Modelbeam" && h != "Accept-Encoding: identity" {
					t.Errorf("the request says %q", h)
				}
				return true
			})
			if n := site.asked.Load(); n != 2 {
				t.Errorf("%d requests, want two", n)
			}
		})
	}
}

// TestRefusedLists holds that nothing of a list is believed that is not right in every way, and that the log
// tells why.
func TestRefusedLists(t *testing.T) {
	key, other := newSigner(t), newSigner(t)
	list := func(edit func(*List)) List {
		l := List{Version: "1.3.0", Expires: time.Now().Add(time.Hour), Files: map[string]File{
			"deb-amd64": {Name: "x.deb", Size: 5, SHA256: strings.Repeat("0", 64)},
		}}
		edit(&l)
		return l
	}
	file := func(f File) func(*List) { return func(l *List) { l.Files["deb-amd64"] = f } }
	as := func(l List, by signer, comment string) *release {
		r := &release{}
		r.sign(t, by, l, comment)
		return r
	}
	good := func() *release { return as(list(func(*List) {}), key, commentOf("1.3.0")) }
	change := func(edit func(*release)) *release { r := good(); edit(r); return r }
	sum := strings.Repeat("0", 64)
	tests := map[string]struct {
		r    *release
		want string
	}{
		"tampered":    {change(func(r *release) { r.list = []byte(strings.Replace(string(r.list), "1.3.0", "1.4.0", 1)) }), "not signed by a key of ours"},
		"longer":      {change(func(r *release) { r.list = append(r.list, ' ') }), "not signed by a key of ours"},
		"another key": {as(list(func(*List) {}), other, commentOf("1.3.0")), "not signed by a key of ours"},
		"changed comment": {change(func(r *release) {
			r.signature = []byte(strings.Replace(string(r.signature), "releases 1.3.0", "releases 1.9.0", 1))
		}), "not signed by a key of ours"},
		"comment of another":  {as(list(func(*List) {}), key, commentOf("1.2.9")), "signed as"},
		"comment of anything": {as(list(func(*List) {}), key, "timestamp:1"), "signed as"},
		"expired":             {as(list(func(l *List) { l.Expires = time.Now().Add(-time.Second) }), key, commentOf("1.3.0")), "good until"},
		"without an end":      {as(list(func(l *List) { l.Expires = time.Time{} }), key, commentOf("1.3.0")), "good until"},
		"lower version":       {as(list(func(l *List) { l.Version = "1.1.9" }), key, commentOf("1.1.9")), "older than this one"},
		"before this release": {as(list(func(l *List) { l.Version = "1.2.0-rc.1" }), key, commentOf("1.2.0-rc.1")), "older than this one"},
		"no version":          {as(list(func(l *List) { l.Version = "latest" }), key, commentOf("latest")), "is no version"},
		"no signature":        {change(func(r *release) { r.signature = nil }), "signature"},
		"not JSON":            {&release{list: []byte("<html>"), signature: minisign.SignWithComments(key.private, []byte("<html>"), commentOf("1.3.0"), "")}, "makes no sense"},
		"empty":               {&release{}, "signature"},
		"never ends":          {change(func(r *release) { r.list = make([]byte, maxList+1) }), "more than"},
		"long signature":      {change(func(r *release) { r.signature = make([]byte, maxSignature+1) }), "more than"},
		"leads elsewhere":     {as(list(file(File{Name: "../x.deb", Size: 5, SHA256: sum})), key, commentOf("1.3.0")), "no name of a file"},
		"another host":        {as(list(file(File{Name: "//evil.example/x", Size: 5, SHA256: sum})), key, commentOf("1.3.0")), "no name of a file"},
		"a folder of Windows": {as(list(file(File{Name: `..\x.exe`, Size: 5, SHA256: sum})), key, commentOf("1.3.0")), "no name of a file"},
		"nothing to download": {as(list(file(File{Name: "x.deb", SHA256: sum})), key, commentOf("1.3.0")), "no size"},
		"a whole disk":        {as(list(file(File{Name: "x.deb", Size: 1 << 50, SHA256: sum})), key, commentOf("1.3.0")), "no size"},
		"no hash":             {as(list(file(File{Name: "x.deb", Size: 5})), key, commentOf("1.3.0")), "no SHA-256"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			u := start(t, serveRelease(t, tt.r).URL+"/dl/latest.json", "deb", []minisign.PublicKey{key.public}, wanted)
			await.True(t, "the log tells why", func() bool { return strings.Contains(u.log.String(), "level=") })
			if said := u.log.String(); !strings.Contains(said, tt.want) || strings.Count(said, "\n") != 1 {
				t.Errorf("the log says %q, want %q", said, tt.want)
			}
			if v := u.View(); v.Version != "" || v.Install {
				t.Errorf("it is offered: %+v", v)
			}
		})
	}
}

func TestTheSameVersionIsNoNews(t *testing.T) {
	key := newSigner(t)
	site := serveRelease(t, publish(t, key, have, "deb", []byte("x")))
	u := start(t, site.URL+"/dl/latest.json", "deb", []minisign.PublicKey{key.public}, wanted)
	await.True(t, "it has looked", func() bool { return !u.settings.Get().LastLook.IsZero() })
	if v := u.View(); v.Version != "" || u.log.String() != "" {
		t.Errorf("the view is %+v, and the log says %q", v, u.log)
	}
}

// TestNotOneRequest holds that nothing is asked of anybody until the person says so, and no more when they say
// no.
func TestNotOneRequest(t *testing.T) {
	key := newSigner(t)
	site := serveRelease(t, publish(t, key, "1.3.0", "deb", []byte("x")))
	address, keys := site.URL+"/dl/latest.json", []minisign.PublicKey{key.public}
	for name, u := range map[string]*running{
		"switched off":  start(t, address, "deb", keys, func(s *settings.Settings) { s.Updates = settings.UpdatesOff }),
		"not decided":   start(t, address, "deb", keys, nil),
		"the first day": start(t, address, "deb", keys, func(s *settings.Settings) { s.FirstStart = time.Time{} }),
		"looked this week": start(t, address, "deb", keys, func(s *settings.Settings) {
			s.Updates, s.LastLook = settings.UpdatesOn, time.Now().Add(-6*24*time.Hour)
		}),
		"no address": start(t, "", "deb", keys, wanted),
		"no key":     start(t, address, "deb", nil, wanted),
	} {
		if name == "not decided" {
			await.True(t, "the person is asked", func() bool { return u.View().Ask })
			u.Look(false)
		}
		if name == "the first day" {
			await.True(t, "the first day is noted", func() bool { return !u.settings.Get().FirstStart.IsZero() })
		}
		u.Install() // nothing is offered
		if v := u.View(); v.Ask || v.Version != "" {
			t.Errorf("%s: the view is %+v", name, v)
		}
	}
	if n := site.asked.Load(); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
}

// TestOfferIsRemembered holds that a week without a request is no week without the offer.
func TestOfferIsRemembered(t *testing.T) {
	key := newSigner(t)
	site := serveRelease(t, publish(t, key, "1.3.0", "deb", []byte("x")))
	dir, address := t.TempDir(), site.URL+"/dl/latest.json"
	keys := []minisign.PublicKey{key.public}
	first := startIn(t, dir, address, "deb", keys, wanted)
	await.True(t, "the version is offered", func() bool { return first.View().Version != "" })
	await.True(t, "the list is kept", func() bool { _, err := kept(filepath.Join(dir, "update")); return err == nil })
	looked := func(s *settings.Settings) { s.Updates, s.LastLook = settings.UpdatesOn, time.Now() }
	again := startIn(t, dir, address, "deb", keys, looked)
	await.True(t, "it is offered again", func() bool { return again.View().Version == "1.3.0" })
	if n := site.asked.Load(); n != 2 {
		t.Errorf("%d requests, want two", n)
	}
	list := filepath.Join(dir, "update", listName)
	if err := os.WriteFile(list, []byte(`{"version":"9.9.9"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	forged := startIn(t, dir, address, "deb", keys, looked)
	await.True(t, "a forged list is gone", func() bool { _, err := os.Stat(list); return err != nil })
	if v := forged.View(); v.Version != "" {
		t.Errorf("a list on the disk is believed: %+v", v)
	}
}

// TestInstall puts an AppImage in place, but not while a phone is being answered.
func TestInstall(t *testing.T) {
	key := newSigner(t)
	fresh := []byte("the new version")
	site := serveRelease(t, publish(t, key, "1.3.0", "appimage", fresh))
	image := runFromImage(t)
	u := start(t, site.URL+"/dl/latest.json", "appimage", []minisign.PublicKey{key.public}, wanted)
	u.busy.Store(true)
	await.True(t, "it can be installed", func() bool { return u.View().Install })
	u.Install()
	await.True(t, "it is downloaded", func() bool { return site.asked.Load() == 3 })
	if old, _ := os.ReadFile(image); string(old) == string(fresh) || !u.View().Installing || len(u.restarts) > 0 {
		t.Error("it was put in place while a phone was answered")
	}
	u.busy.Store(false)
	await.First(t, "the service starts anew", u.restarts)
	if now, err := os.ReadFile(image); err != nil || string(now) != string(fresh) {
		t.Errorf("in place is %q, %v", now, err)
	}
	if info, err := os.Stat(image); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("its rights are %v, %v", info.Mode(), err)
	}
}

// runFromImage makes this test run from an AppImage, as far as its environment says.
func runFromImage(t *testing.T) (image string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	image = filepath.Join(t.TempDir(), "Modelbeam.AppImage")
	if err := os.WriteFile(image, []byte("the old version"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("APPIMAGE", image)
	t.Setenv("APPDIR", filepath.Dir(self))
	return image
}

// TestRefusedFiles holds that what is not what the list says is never put in place, and leaves nothing behind.
func TestRefusedFiles(t *testing.T) {
	key := newSigner(t)
	for name, tt := range map[string]struct{ sent, want string }{
		"another hash": {"the OLD version", "SHA-256"},
		"shorter":      {"the new", "bytes"},
		"longer":       {"the new version, and more", "bytes"},
		"nothing":      {"", "bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := publish(t, key, "1.3.0", "appimage", []byte("the new version"))
			r.files["Modelbeam-1.3.0.bin"] = []byte(tt.sent)
			image := runFromImage(t)
			u := start(t, serveRelease(t, r).URL+"/dl/latest.json", "appimage", []minisign.PublicKey{key.public}, wanted)
			await.True(t, "it can be installed", func() bool { return u.View().Install })
			u.Install()
			await.True(t, "it is refused", func() bool { v := u.View(); return v.Err != nil && !v.Installing })
			if err := u.View().Err; !strings.Contains(err.Error(), tt.want) || !strings.Contains(u.log.String(), tt.want) {
				t.Errorf("the error is %v, and the log says %q", err, u.log)
			}
			files, err := os.ReadDir(filepath.Dir(image))
			if old, _ := os.ReadFile(image); err != nil || len(files) != 1 || string(old) != "the old version" {
				t.Errorf("in the folder: %v, %v, and the AppImage is %q", files, err, old)
			}
		})
	}
}

// TestSwitchedOffWhileLooking ends a look at a server that never answers.
func TestSwitchedOffWhileLooking(t *testing.T) {
	key := newSigner(t)
	asked, gone := make(chan bool, 1), make(chan bool, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		asked <- true
		<-r.Context().Done()
		gone <- true
	}))
	defer site.Close()
	u := start(t, site.URL+"/latest.json", "deb", []minisign.PublicKey{key.public}, wanted)
	await.First(t, "it is asked", asked)
	u.Look(false)
	await.First(t, "it hangs up", gone)
	if v := u.View(); v.On || u.log.String() != "" {
		t.Errorf("the view is %+v, and the log says %q", v, u.log)
	}
}

func TestNeverFromHTTPSToHTTP(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	before := client.Transport
	client.Transport = secure.Client().Transport
	defer func() { client.Transport = before }()
	if _, err := fetch(t.Context(), secure.URL, 10); err == nil || !strings.Contains(err.Error(), "away from https") {
		t.Errorf("the error is %v", err)
	}
	client.CloseIdleConnections()
}

func TestBuilt(t *testing.T) {
	address, keys := Address, Keys
	defer func() { Address, Keys = address, keys }()
	if s, err := Built(); err != nil || s.Address != "" {
		t.Errorf("a build without an address: %+v, %v", s, err)
	}
	one, two := newSigner(t), newSigner(t)
	Address, Keys = "https://example.org/latest.json", one.public.String()+" "+two.public.String()
	if s, err := Built(); err != nil || len(s.Keys) != 2 || !s.Keys[1].Equal(two.public) || s.Address != Address {
		t.Errorf("a build with two keys: %+v, %v", s, err)
	}
	Keys = "nonsense"
	if s, err := Built(); err == nil || s.Address != "" {
		t.Errorf("a build with nonsense: %+v", s)
	}
}

// TestSwitchedOffWhileInstalling ends a download from a server that says nothing, or goes on for ever.
func TestSwitchedOffWhileInstalling(t *testing.T) {
	key := newSigner(t)
	for name, says := range map[string]string{"before the head": "", "in the middle": "the new"} {
		t.Run(name, func(t *testing.T) {
			r := publish(t, key, "1.3.0", "appimage", []byte("the new version"))
			release := serveRelease(t, r)
			asked, gone := make(chan bool, 1), make(chan bool, 1)
			site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if !strings.HasSuffix(req.URL.Path, ".bin") {
					release.Config.Handler.ServeHTTP(w, req)
					return
				}
				if says != "" {
					fmt.Fprint(w, says)
					w.(http.Flusher).Flush()
				}
				asked <- true
				<-req.Context().Done()
				gone <- true
			}))
			defer site.Close()
			image := runFromImage(t)
			u := start(t, site.URL+"/dl/latest.json", "appimage", []minisign.PublicKey{key.public}, wanted)
			await.True(t, "it can be installed", func() bool { return u.View().Install })
			u.Install()
			await.First(t, "it is asked", asked)
			u.Look(false)
			await.First(t, "it hangs up", gone)
			await.True(t, "nothing is left", func() bool {
				files, err := os.ReadDir(filepath.Dir(image))
				return err == nil && len(files) == 1
			})
			if v := u.View(); v.On || v.Installing || v.Err != nil || strings.Contains(u.log.String(), "level=ERROR") {
				t.Errorf("the view is %+v, and the log says %q", v, u.log)
			}
		})
	}
}
