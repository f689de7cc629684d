package llm

import (
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestScanAsksAgainWhenUnsure: a server that was too busy to say who it is gets no wrong name for that, nor
// is one that was too busy to say anything left out.
func TestScanAsksAgainWhenUnsure(t *testing.T) {
	await.Long(t)
	for _, path := range []string{"/.well-known/localai.json", "/"} {
		f := startFake(t, "xinference")
		var asked atomic.Int64
		slow := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path && r.UserAgent() == testAgent && asked.Add(1) == 1 {
				<-r.Context().Done()
				return
			}
			f.ServeHTTP(w, r)
		}), "127.0.0.1:0")
		s := at(map[string][]int{"": {port(slow)}})
		s.replaced.patience = 0
		if got, want := describe(s.Scan(t.Context())), []string{"Xinference " + slow.URL}; !slices.Equal(got, want) {
			t.Errorf("slow to answer %s: found %v, want %v", path, got, want)
		}
	}
}

// TestScanKeepsWhatItHas: a server that never answers some question is taken for what the others say.
func TestScanKeepsWhatItHas(t *testing.T) {
	f := startFake(t, "xinference")
	stubborn := serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/localai.json" {
			panic(http.ErrAbortHandler)
		}
		f.ServeHTTP(w, r)
	}), "127.0.0.1:0")
	want := []string{"OpenAI-compatible server " + stubborn.URL}
	if got := describe(at(map[string][]int{"": {port(stubborn)}}).Scan(t.Context())); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// TestScanAsksFewAtATime: with many servers on a busy machine each would answer too late.
func TestScanAsksFewAtATime(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	full, once := make(chan struct{}), sync.Once{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != testAgent {
			return
		}
		mu.Lock()
		now++
		most = max(most, now)
		if now == maxVisits {
			once.Do(func() { close(full) })
		}
		mu.Unlock()
		<-full // nobody leaves before the room is full
		mu.Lock()
		now--
		mu.Unlock()
		http.NotFound(w, r)
	})
	var ports []int
	for range 3 * maxVisits {
		ports = append(ports, port(serveAt(t, handler, "127.0.0.1:0")))
	}
	at(map[string][]int{"": ports}).Scan(t.Context())
	if most != maxVisits {
		t.Errorf("%d servers were asked at the same time, want %d", most, maxVisits)
	}
}

// TestProbableServersFirst: what hangs at ports of no meaning must not hold up Ollama.
func TestProbableServersFirst(t *testing.T) {
	w := at(map[string][]int{"Ollama": {11434}}).newWatch(nil)
	w.configure()
	probable := make(map[uint16]bool)
	for port := range uint16(20) {
		p := &place{likely: port%7 == 0}
		p.Addr = netip.AddrPortFrom(loopback[0], 11425+port)
		probable[p.Addr.Port()] = p.likely || p.Addr.Port() == 11434
		w.places[p.Addr] = p
	}
	due := w.due()
	if len(due) != 20 {
		t.Fatalf("%d are due, want 20", len(due))
	}
	for i, p := range due {
		if probable[p.Addr.Port()] != (i < 4) {
			t.Errorf("number %d is port %d", i, p.Addr.Port())
		}
	}
}
