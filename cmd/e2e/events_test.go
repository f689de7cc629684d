package e2e

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// event is one line of what --json prints: the fields of all its kinds, as a script sees them.
type event struct {
	Event string
	Time  time.Time

	// "ready" and "state"
	Listen  string
	URLs    []string `json:"urls"`
	PairURL string   `json:"pair_url"`
	Code    string

	// "state"
	Phase      string
	Pairing    struct{ URL, Code string }
	Servers    []server
	Devices    []deviceState
	JustPaired string `json:"just_paired"`
	Problem    *problem
	Downloads  []coming
	Offers     []struct{ Model string }
	Awake      struct {
		Held bool
		For  []string
	}
	Update struct {
		Ask, Install bool
		Version      string
	}

	// "device", "problem" and "request"
	Action, ID, Name, Kind, Title, Advice string
	Params                                map[string]string
	Method, Path, Device, Server, Model   string
	Status                                int
	Bytes                                 int64

	// "download", with Phase
	Done int64
}

type server struct {
	ID, Kind, Name, URL string
	Models              []string
	Online              bool
}

type deviceState struct {
	ID, Name   string
	Active     int
	OldAddress string `json:"old_address"`
}

type problem struct {
	Kind, Title, Advice string
	Params              map[string]string
}

// events returns everything that the program has printed so far. Each line is read once, as a test may look a thousand times.
func (p *process) events(t *testing.T) []event {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.stdout[len(p.read):] {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s printed %q, which is not an event: %v", p.name, line, err)
		}
		p.read = append(p.read, e)
	}
	return slices.Clone(p.read)
}

// awaitEvent waits until the program has printed an event of that kind for which ok holds,
// and returns the first.
func (p *process) awaitEvent(t *testing.T, kind, what string, ok func(event) bool) event {
	t.Helper()
	var found event
	await.True(t, p.name+" prints "+kind+": "+what, func() bool {
		all := p.events(t)
		i := slices.IndexFunc(all, func(e event) bool { return e.Event == kind && ok(e) })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0 || !p.running()
	})
	if found.Event == "" {
		t.Fatalf("%s ended: %q", p.name, tail(p.errors(), 5))
	}
	return found
}

func anything(event) bool { return true }
