package llm

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/discovery/netnstest"
)

// crowdEnv makes TestHelperCrowd run: what listens at usual ports, file or decoy by port.
const crowdEnv = "LLM_TEST_CROWD"

// usualDecoys listen where people expect an LLM server.
var usualDecoys = map[string]int{
	"decoy-webapp": 8080, "decoy-comfyui": 8188, "decoy-router": 8081, "decoy-login": 8000, "decoy-airtunes": 5000,
	"decoy-unexpected": 1234, "decoy-shop": 3000, "silent": 11434, "endless": 8000, "redirecting": 4000,
}

// TestEveryKindAtOnce lets each kind of server listen at its usual port and all of them at
// random ports, at once, with decoys among them. Many kinds have the same usual port, so they
// take turns, each time in a network namespace where nothing else listens.
func TestEveryKindAtOnce(t *testing.T) {
	netnstest.Require(t)
	for i, group := range groups() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			spec, err := json.Marshal(group)
			if err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			cmd := netnstest.New(t).Self(t.Context(), "TestHelperCrowd", crowdEnv+"="+string(spec), "HOME="+home, "OLLAMA_HOST=")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "servers among") {
					t.Log(strings.TrimSpace(line))
				}
			}
		})
	}
}

// groups shares the usual ports out: no two of a group have the same.
func groups() []map[int]string {
	var all []map[int]string
	add := func(name string, port int) {
		for _, g := range all {
			if g[port] == "" {
				g[port] = name
				return
			}
		}
		all = append(all, map[int]string{port: name})
	}
	kinds := table()
	done := make(map[string]bool)
	for _, r := range recorded {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == r.name })
		if !done[r.name] {
			add(r.file, kinds[i].ports[0])
		}
		done[r.name] = true
	}
	for name, port := range usualDecoys {
		add(name, port)
	}
	return all
}

// TestHelperCrowd is no test: it is the program that the test above runs inside a namespace.
func TestHelperCrowd(t *testing.T) {
	spec := os.Getenv(crowdEnv)
	if spec == "" {
		t.Skip("not asked to be a crowd")
	}
	var usual map[int]string
	if err := json.Unmarshal([]byte(spec), &usual); err != nil {
		t.Fatal(err)
	}
	var want []string
	var hung atomic.Int64 // questions to servers that hang
	listen := func(name string, port int) {
		url := crowdServer(t, name, port, &hung)
		if i := slices.IndexFunc(recorded, func(r recordedServer) bool { return r.file == name }); i >= 0 {
			want = append(want, recorded[i].kind+" "+recorded[i].name+" "+url)
		}
	}
	for port, name := range usual {
		listen(name, port)
	}
	for _, r := range recorded {
		listen(r.file, 0)
	}
	for name := range usualDecoys {
		listen(name, 0)
	}

	s := &Scanner{replaced: replaced{pid: -1}}
	if slow := 4 * slowest(t, want); slow > scanPatience {
		s.replaced.patience = slow // of a machine that is as busy
	}
	begin := time.Now()
	found := s.Scan(t.Context())
	took := time.Since(begin)
	var got []string
	for _, server := range found {
		got = append(got, server.Kind+" "+server.Name+" "+server.URL.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("not found or not rightly: %v\nfound without being there: %v", missing(want, got), missing(got, want))
	}
	t.Logf("%d servers among %d decoys, found in %v", len(got), 2*len(usualDecoys), took.Round(time.Millisecond))
	// Each question to them takes all of the patience, and no more than one of a visit may.
	if most := int64(2 * (1 + maxScanDoubts)); hung.Load() == 0 || hung.Load() > most {
		t.Errorf("two servers that hang were asked %d questions, want 1 to %d", hung.Load(), most)
	}
}

// slowest is how long the slowest of these servers takes for an answer when as many are asked at a time as a scan asks.
func slowest(t *testing.T, all []string) time.Duration {
	t.Helper()
	took, turns := make([]time.Duration, len(all)), make(chan struct{}, maxVisits)
	var asked sync.WaitGroup
	for i, server := range all {
		asked.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			begin := time.Now()
			resp, err := http.Get(server[strings.LastIndex(server, "http://"):] + modelsPath)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			took[i] = time.Since(begin)
		})
	}
	asked.Wait()
	http.DefaultClient.CloseIdleConnections()
	return slices.Max(took)
}

// crowdServer is a recorded server or a decoy.
func crowdServer(t *testing.T, name string, port int, hung *atomic.Int64) (url string) {
	t.Helper()
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	if port == 0 {
		addr = freeAddr(t).String()
	}
	switch name {
	case "silent":
		return fmt.Sprintf("http://127.0.0.1:%d", listenRawAt(t, addr, func(c net.Conn) {
			if n, _ := c.Read(make([]byte, 1<<20)); n > 0 {
				hung.Add(1)
			}
			_, _ = c.Read(make([]byte, 1))
		}))
	case "endless":
		return serveAt(t, http.HandlerFunc(endless), addr).URL
	case "redirecting":
		return serveAt(t, http.RedirectHandler("http://192.0.2.1/v1/models", http.StatusFound), addr).URL
	}
	return startFakeAt(t, name, addr).URL
}

func missing(from, in []string) (out []string) {
	for _, s := range from {
		if !slices.Contains(in, s) {
			out = append(out, s)
		}
	}
	return out
}
