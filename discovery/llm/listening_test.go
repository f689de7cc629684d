package llm

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/sockets"
)

func TestScanFindsUnusualPorts(t *testing.T) {
	a := addresses(t, 3)
	startProcess(t, fakeProcess{Fakes: []fakeAt{{"vllm", a[0]}, {"jan", a[1]}, {"decoy-webapp", a[2]}}})
	want := []string{"vLLM http://" + a[0], "Jan http://" + a[1]}
	if got := describe(anywhere(nil, a).Scan(t.Context())); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// Our own sockets are none of a person's servers: the demo model is one of them.
func TestScanLeavesItselfOut(t *testing.T) {
	f := startFake(t, "generic")
	addr := []string{f.Listener.Addr().String()}
	s := anywhere(nil, addr)
	if got := s.Scan(t.Context()); len(got) != 0 || len(f.requests()) != 0 {
		t.Errorf("found %v, asked %v", describe(got), f.requests())
	}
	s = anywhere(nil, addr)
	s.replaced.pid = -1
	if got := s.Scan(t.Context()); len(got) != 1 {
		t.Errorf("as another process's it is not found either: %v", describe(got))
	}
	s = anywhere(nil, addr)
	s.replaced.pid, s.Skip = -1, func(port int) bool { return port == f.port() }
	if got := s.Scan(t.Context()); len(got) != 0 || len(f.requests()) == 0 {
		t.Errorf("found %v at a port that is to be skipped", describe(got))
	}
}

func TestScanLeavesChildrenOut(t *testing.T) {
	a := addresses(t, 4)
	// Lemonade with two engines, one of them started by the other like a router does; and an
	// engine with the same answers that a person has started.
	engines := &fakeProcess{Fakes: []fakeAt{{"llamacpp", a[1]}}, Child: &fakeProcess{Fakes: []fakeAt{{"vllm", a[2]}}}}
	startProcess(t, fakeProcess{Fakes: []fakeAt{{"lemonade", a[0]}}, Child: engines})
	startProcess(t, fakeProcess{Fakes: []fakeAt{{"llamacpp", a[3]}}})
	want := []string{"llama.cpp http://" + a[3], "Lemonade http://" + a[0]}
	if got := describe(anywhere(nil, a).Scan(t.Context())); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestChildrenOfUnknownProcesses(t *testing.T) {
	kinds := table()
	rank := func(id string) int { return slices.IndexFunc(kinds, func(k kind) bool { return k.id == id }) }
	server := func(id string, port uint16, pid int, models ...string) *place {
		f := &found{kind: &kinds[rank(id)], rank: rank(id), Server: Server{Kind: id, Dialects: kinds[rank(id)].dialects}}
		for _, m := range models {
			f.Models = append(f.Models, Model{ID: m})
		}
		return &place{Socket: sockets.Socket{Addr: netip.AddrPortFrom(loopback[0], port), PID: pid}, found: f}
	}
	blob := "/usr/share/ollama/.ollama/models/blobs/sha256-dde5aa3fc5ff"
	for _, tt := range []struct {
		name   string
		p, q   *place
		hidden bool
	}{
		{"Ollama's file", server("llamacpp", 50123, 0, blob), server("ollama", 11434, 0, "llama3.2"), true},
		{"Ollama's file, no Ollama", server("llamacpp", 50123, 0, blob), server("jan", 1337, 0, "jan-nano"), false},
		{"same models", server("llamacpp", 3570, 0, "jan-nano"), server("jan", 1337, 0, "jan-nano", "other"), true},
		{"more models", server("llamacpp", 3570, 0, "jan-nano", "mine"), server("jan", 1337, 0, "jan-nano"), false},
		{"no models", server("llamacpp", 3570, 0), server("jan", 1337, 0, "jan-nano"), false},
		{"a port that people choose", server("llamacpp", 8080, 0, "jan-nano"), server("jan", 1337, 0, "jan-nano"), false},
		{"known processes", server("llamacpp", 3570, 7, "jan-nano"), server("jan", 1337, 8, "jan-nano"), false},
		{"not an engine", server("ollama", 3570, 0, "jan-nano"), server("jan", 1337, 0, "jan-nano"), false},
	} {
		all := withoutChildren(map[netip.AddrPort]*place{tt.p.Addr: tt.p, tt.q.Addr: tt.q})
		if _, listed := all[tt.p.Addr]; listed == tt.hidden {
			t.Errorf("%s: listed %v", tt.name, listed)
		}
		if _, listed := all[tt.q.Addr]; !listed {
			t.Errorf("%s: the other one is not listed", tt.name)
		}
	}
}

func TestCandidatePorts(t *testing.T) {
	w := new(Scanner).newWatch(nil)
	w.configure()
	for port, want := range map[uint16]bool{22: false, 80: false, 5432: false, 9222: false, 41343: true, 8080: true, 49999: true} {
		if got := w.isCandidate(port); got != want {
			t.Errorf("port %d: %v, want %v", port, got, want)
		}
	}
	for name, want := range map[string]bool{"sshd": true, "Postgres.exe": true, "python3": false, "docker-proxy": false} {
		if got := isOther(name); got != want {
			t.Errorf("%s is other: %v, want %v", name, got, want)
		}
	}
}

func TestWatchFindsUnusualPorts(t *testing.T) {
	t.Parallel()
	a := addresses(t, 1)
	s := anywhere(nil, a)
	s.replaced.pid = -1
	reports := follow(t, s)
	await.Value(t, "the first report, of nothing", reports, none)
	f := startFakeAt(t, "vllm", a[0])
	await.Value(t, "the start", reports, one("vLLM"))
	f.Close()
	await.Value(t, "the stop", reports, none)
}

// A list that is some seconds old, and knocks in between.
func TestWatchWithCostlyList(t *testing.T) {
	t.Parallel()
	a := addresses(t, 1)
	f := startFakeAt(t, "vllm", a[0])
	s := anywhere(nil, a)
	s.replaced.pid, s.replaced.every = -1, time.Hour
	reports := follow(t, s)
	await.Value(t, "the server", reports, one("vLLM"))
	f.Close()
	await.Value(t, "the stop", reports, none)
	startFakeAt(t, "vllm", a[0])
	await.Value(t, "the start", reports, one("vLLM"))
}

// A port that has something else behind it is not asked again and again.
func TestWatchLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	f := startFake(t, "decoy-webapp")
	later := addresses(t, 1)
	s := anywhere(nil, []string{f.Listener.Addr().String(), later[0]})
	s.replaced.pid = -1
	reports := follow(t, s)
	await.Value(t, "the first report", reports, none)
	for range 3 {
		s.Refresh(t.Context())
	}
	startFakeAt(t, "vllm", later[0])
	await.Value(t, "another server", reports, one("vLLM"))
	if want := []string{"/", "/v1/models"}; !slices.Equal(f.requests(), want) {
		t.Errorf("it was asked for %v, want %v", f.requests(), want)
	}
}

func TestCalm(t *testing.T) {
	await.Long(t)
	t.Parallel()
	a := addresses(t, 1)
	s := anywhere(nil, a)
	s.replaced.pid, s.replaced.every = -1, time.Nanosecond
	looks := make(chan time.Time, 1000)
	list := s.replaced.sockets
	s.replaced.sockets = func() ([]sockets.Socket, error) {
		looks <- time.Now()
		return list()
	}
	s.Calm(true)
	reports := follow(t, s)
	await.Value(t, "the first report", reports, none)
	first, second := <-looks, <-looks
	if between := second.Sub(first); between < (calmFactor-1)*lookEvery {
		t.Errorf("it looked again after %v", between)
	}
	s.Calm(false) // looks at once, and then as often as ever
	startFakeAt(t, "vllm", a[0])
	await.Value(t, "the server", reports, one("vLLM"))
	s.Calm(true)
	s.Calm(false)
	s.Calm(false)
}
