package llm

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/sockets"
)

// decoys listen where servers do and are none.
func decoys(t *testing.T) map[string]int {
	t.Helper()
	ports := make(map[string]int)
	for _, file := range []string{"router", "demo", "webapp", "airtunes", "login", "shop", "gateway", "comfyui", "unexpected"} {
		ports[file] = startFake(t, "decoy-"+file).port()
	}
	ports["redirect"] = port(serveAt(t, http.RedirectHandler("http://192.0.2.1/v1/models", http.StatusFound), "127.0.0.1:0"))
	ports["endless body"] = port(serveAt(t, http.HandlerFunc(endless), "127.0.0.1:0"))
	ports["slow body"] = port(serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, `{"object":"list",`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}), "127.0.0.1:0"))
	ports["says nothing"] = listenRaw(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<20)); _, _ = c.Read(make([]byte, 1)) })
	ports["hangs up"] = listenRaw(t, func(net.Conn) {})
	ports["speaks first"] = listenRaw(t, func(c net.Conn) { _, _ = fmt.Fprint(c, "SSH-2.0-OpenSSH_9.9\r\n") })
	ports["endless header"] = listenRaw(t, func(c net.Conn) {
		_, _ = bufio.NewReader(c).ReadString('\n')
		_, err := fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
		for err == nil {
			_, err = fmt.Fprint(c, "X-More: "+strings.Repeat("x", 1000)+"\r\n")
		}
	})
	return ports
}

// endless is a list of models that never ends.
func endless(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprint(w, `{"object":"list","data":[`)
	for r.Context().Err() == nil {
		_, _ = fmt.Fprint(w, strings.Repeat(`{"id":"x","object":"model"},`, 1000))
	}
}

// listenRaw serves connections without HTTP until the test ends.
func listenRaw(t *testing.T, serve func(net.Conn)) int { return listenRawAt(t, "127.0.0.1:0", serve) }

func listenRawAt(t *testing.T, addr string, serve func(net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _ = c.Close() })
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		cancel()
		<-done
	})
	return l.Addr().(*net.TCPAddr).Port
}

func TestScanLeavesDecoysOut(t *testing.T) {
	good := startFake(t, "generic")
	ports := []int{good.port()}
	names := make(map[string]string)
	for name, decoy := range decoys(t) {
		ports = append(ports, decoy)
		names[fmt.Sprintf("http://127.0.0.1:%d", decoy)] = name
	}
	for _, kind := range []string{"", "Ollama", "LM Studio", "llama.cpp", "TabbyAPI"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := at(map[string][]int{kind: ports})
			s.replaced.patience = 0 // some of them never answer
			await.True(t, "the real server is found", func() bool {
				found := false
				for _, server := range s.Scan(t.Context()) {
					if decoy, ok := names[server.URL.String()]; ok {
						t.Errorf("the decoy %q passes for %s", decoy, server.Name)
					}
					found = found || server.URL.String() == good.URL
				}
				return found
			})
		})
	}
}

func TestScanOrder(t *testing.T) {
	lm, kobold := startFake(t, "lmstudio"), startFake(t, "koboldcpp")
	ollamas := []*fake{startFake(t, "ollama"), startFake(t, "ollama")}
	slices.SortFunc(ollamas, func(a, b *fake) int { return a.port() - b.port() })
	s := at(map[string][]int{
		"LM Studio": {lm.port()}, "KoboldCpp": {kobold.port()}, "Ollama": {ollamas[1].port(), ollamas[0].port()},
	})
	want := []string{"Ollama " + ollamas[0].URL, "Ollama " + ollamas[1].URL, "LM Studio " + lm.URL, "KoboldCpp " + kobold.URL}
	if got := describe(s.Scan(t.Context())); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestScanSkips(t *testing.T) {
	f := startFake(t, "ollama")
	s := at(map[string][]int{"Ollama": {f.port()}})
	s.Skip = func(port int) bool { return port == f.port() }
	if got := s.Scan(t.Context()); len(got) != 0 || len(f.requests()) != 0 {
		t.Errorf("found %v after asking for %v", got, f.requests())
	}
}

func TestScanBothLoopbackAddresses(t *testing.T) {
	addr := freeAddr(t)
	six := startFakeAt(t, "ollama", twin(addr).String())
	s := at(map[string][]int{"Ollama": {six.port()}})
	if got, want := describe(s.Scan(t.Context())), []string{"Ollama " + six.URL}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	four := startFakeAt(t, "ollama", addr.String())
	if got, want := describe(s.Scan(t.Context())), []string{"Ollama " + four.URL}; !slices.Equal(got, want) {
		t.Errorf("with both: found %v, want %v", got, want)
	}
}

func TestScanWithKey(t *testing.T) {
	f := startFake(t, "generic")
	f.key = "secret"
	for _, tt := range []struct {
		key      string
		needsKey bool
		models   int
	}{{"", true, 0}, {"wrong", true, 0}, {"secret", false, 2}} {
		s := at(map[string][]int{"": {f.port()}})
		s.Key = func(found Server) string {
			if found.URL.String() != f.URL {
				t.Errorf("asked for the key of %v", found.URL)
			}
			return tt.key
		}
		got := s.Scan(t.Context())
		if len(got) != 1 || got[0].NeedsKey != tt.needsKey || len(got[0].Models) != tt.models {
			t.Errorf("with key %q: %+v", tt.key, got)
		}
	}
}

func TestOllamaPorts(t *testing.T) {
	for _, tt := range []struct {
		env  string
		want []int
	}{
		{"", nil},
		{"127.0.0.1:11500", []int{11500}},
		{":11500", []int{11500}},
		{"0.0.0.0:11500", []int{11500}},
		{"[::1]:11500", []int{11500}},
		{" http://localhost:11500/ ", []int{11500}},
		{"127.0.0.1", nil},
		{"192.168.1.20:11500", nil},
		{"127.0.0.1:99999", nil},
		{"127.0.0.1:x", nil},
	} {
		t.Setenv("OLLAMA_HOST", tt.env)
		if got := ollamaPorts(); !slices.Equal(got, tt.want) {
			t.Errorf("with OLLAMA_HOST=%q: %v, want %v", tt.env, got, tt.want)
		}
	}
}

func TestLMStudioPorts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  []int
	}{
		{"not installed", nil, nil},
		{"new place", map[string]string{".lmstudio/.internal/http-server-config.json": `{"port":4321,"networkInterface":"127.0.0.1"}`}, []int{4321}},
		{"old place", map[string]string{".cache/lm-studio/.internal/http-server-config.json": `{"port":4322}`}, []int{4322}},
		{"pointer", map[string]string{
			".lmstudio-home-pointer": "HOME/elsewhere\n", "elsewhere/.internal/http-server-config.json": `{"port":4323}`,
		}, []int{4323}},
		{"garbage", map[string]string{".lmstudio/.internal/http-server-config.json": `{"port":`}, nil},
		{"no such port", map[string]string{".lmstudio/.internal/http-server-config.json": `{"port":-1}`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("USERPROFILE", home) // Windows
			for name, text := range tt.files {
				path := filepath.Join(home, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "HOME", home)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := lmStudioPorts(); !slices.Equal(got, tt.want) {
				t.Errorf("ports %v, want %v", got, tt.want)
			}
		})
	}
}

// TestScanWithASlowList: the servers have all of their time to answer where the list of sockets alone took as long.
func TestScanWithASlowList(t *testing.T) {
	t.Parallel() // it waits
	f := startFake(t, "ollama")
	s := at(map[string][]int{"Ollama": {f.port()}})
	s.replaced.patience = scanPatience
	list := s.replaced.sockets
	if list == nil {
		list = sockets.List
	}
	s.replaced.sockets = func() ([]sockets.Socket, error) {
		time.Sleep(scanPatience)
		return list()
	}
	if got := s.Scan(t.Context()); len(got) != 1 {
		t.Errorf("found %v", describe(got))
	}
}
