package llm

import (
	"context"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

func TestRefreshReportsBeforeItReturns(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	s := at(map[string][]int{"Ollama": {int(addr.Port())}})
	reports := follow(t, s)
	await.Value(t, "the first report, of nothing", reports, none)

	f := startFakeAt(t, "ollama", addr.String())
	s.Refresh(t.Context())
	select {
	case servers := <-reports:
		if !one("Ollama")(servers) {
			t.Errorf("reported %+v", servers)
		}
	default:
		t.Error("Refresh returned before the server was reported")
	}
	f.Close()
	s.Refresh(t.Context())
	select {
	case servers := <-reports:
		if !none(servers) {
			t.Errorf("reported %+v", servers)
		}
	default:
		t.Error("Refresh returned before it was reported that the server is gone")
	}
}

func TestRefreshWithoutWatch(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	new(Scanner).Refresh(ctx) // returns when ctx ends
}
