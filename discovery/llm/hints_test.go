package llm

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/sockets"
)

// bare makes this machine one on which nothing is installed, and returns its home folder.
func bare(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, home)
	}
	t.Setenv("PATH", filepath.Join(home, "bin"))
	t.Setenv("LOCALAPPDATA", "")
	return home
}

// install puts an empty program there.
func install(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// hinting is a Scanner that knows Ollama and LM Studio, whose windows are at ports of the
// test's own, and does not look where real ones may be installed.
func hinting(window uint16) *Scanner {
	s := at(nil)
	for i := range s.replaced.kinds {
		k := &s.replaced.kinds[i]
		if k.app == nil {
			continue
		}
		copied := *k.app
		copied.ports = []uint16{window}
		copied.places = slices.DeleteFunc(slices.Clone(copied.places), func(p string) bool { return p[0] != '$' })
		k.app = &copied
	}
	return s
}

func TestHints(t *testing.T) {
	home := bare(t)
	f := startFakeAt(t, "decoy-lmstudio-window", freeAddr(t).String())
	closed := freeAddr(t).Port()
	if got := hinting(closed).Hints(t.Context(), nil); len(got) != 0 {
		t.Errorf("nothing is installed: %+v", got)
	}
	off := Hint{Kind: "lmstudio", Name: "LM Studio", Reason: ServerOff}
	if got := hinting(uint16(f.port())).Hints(t.Context(), nil); !slices.EqualFunc(got, []Hint{off}, Hint.equal) {
		t.Errorf("a window without its tool: %+v", got)
	}
	if want := []string{"/lms-status"}; !slices.Equal(f.requests(), want) {
		t.Errorf("the window was asked for %v", f.requests())
	}

	lms := install(t, filepath.Join(home, ".lmstudio", "bin", "lms"))
	ollama := install(t, filepath.Join(home, "bin", "ollama"))
	ollamaHint := Hint{Kind: "ollama", Name: "Ollama", Reason: NotRunning, Start: []string{ollama, "serve"}}
	for _, tt := range []struct {
		window uint16
		found  []Server
		want   []Hint
	}{
		{closed, nil, []Hint{ollamaHint, {Kind: "lmstudio", Name: "LM Studio", Reason: NotRunning, Start: []string{lms, "server", "start"}}}},
		{uint16(f.port()), nil, []Hint{ollamaHint, {Kind: "lmstudio", Name: "LM Studio", Reason: ServerOff, Start: []string{lms, "server", "start"}}}},
		{uint16(f.port()), []Server{{Kind: "lmstudio"}}, []Hint{ollamaHint}},
		{closed, []Server{{Kind: "lmstudio"}, {Kind: "ollama"}}, nil},
	} {
		if got := hinting(tt.window).Hints(t.Context(), tt.found); !slices.EqualFunc(got, tt.want, Hint.equal) {
			t.Errorf("with %+v found: %+v, want %+v", tt.found, got, tt.want)
		}
	}
}

// The scan finds the window too, and leaves it in peace.
func TestScanLeavesWindowsAlone(t *testing.T) {
	bare(t)
	f, g := startFake(t, "decoy-lmstudio-window"), startFake(t, "vllm")
	for _, f := range []*fake{f, g} {
		s := hinting(uint16(f.port()))
		s.replaced.pid = -1
		s.replaced.sockets = seeing(func(s sockets.Socket) bool { return s.Addr.String() == f.Listener.Addr().String() })
		if got := s.Scan(t.Context()); len(got) > 0 != (f == g) {
			t.Errorf("found %v", describe(got))
		}
	}
	if want := []string{"/lms-status"}; !slices.Equal(f.requests(), want) {
		t.Errorf("the window was asked for %v", f.requests())
	}
}

// Something else at the window's port is not LM Studio's window.
func TestHintsOfStrangers(t *testing.T) {
	bare(t)
	f := startFake(t, "decoy-webapp")
	if got := hinting(uint16(f.port())).Hints(t.Context(), nil); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWatchHints(t *testing.T) {
	home := bare(t)
	ollama := install(t, filepath.Join(home, "bin", "ollama"))
	addr := freeAddr(t)
	s := hinting(freeAddr(t).Port())
	s.replaced.kinds[0].ports = []int{int(addr.Port())}
	s.replaced.sockets = seeing(func(s sockets.Socket) bool { return s.Addr == addr })
	hints := make(chan []Hint, 100)
	s.Hinted = func(now []Hint) { hints <- now }
	reports := follow(t, s)
	await.Value(t, "the first report", reports, none)
	awaitHints(t, hints, 1)
	f := startFakeAt(t, "ollama", addr.String())
	await.Value(t, "the server", reports, one("Ollama"))
	awaitHints(t, hints, 0)
	f.Close()
	await.Value(t, "the stop", reports, none)
	if got := awaitHints(t, hints, 1); !slices.Equal(got[0].Start, []string{ollama, "serve"}) {
		t.Errorf("it would be started by %v", got[0].Start)
	}
}

func awaitHints(t *testing.T, hints <-chan []Hint, n int) []Hint {
	t.Helper()
	return await.Value(t, fmt.Sprintf("%d hints", n), hints, func(now []Hint) bool { return len(now) == n })
}
