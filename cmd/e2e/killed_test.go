package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestKilledWhilePairing kills beam at any moment, 200 times on the same state, while phones
// pair, come again with a new code, are removed, and spend a guest's requests. What they were
// told before a kill holds after it. On a busy machine it kills less often: as often as it can in a minute and a half.
func TestKilledWhilePairing(t *testing.T) {
	server := serveFake(t, func(w http.ResponseWriter, _ *http.Request) { count(w) }, householdModel)
	h := &household{state: filepath.Join(t.TempDir(), "state"), server: server.URL, getReady: 70 * time.Millisecond}
	beamCommand(t) // builds it
	began, kills := time.Now(), 0
	for ; kills < 200 && time.Since(began) < 3*time.Minute/2; kills++ {
		h.live(t)
		savedDevices(t, h.state)
	}
	h.assertKept(t)
	t.Logf("%d kills in %s: %d phones paired, %d came again, %d were removed, %d requests of a guest were answered",
		kills, time.Since(began).Round(time.Second), h.paired, h.renewed, h.removed, h.spent)
	if min(h.paired, h.renewed, h.removed, h.spent) < max(kills/10, 1) {
		t.Error("too little happened before the kills")
	}
}

// live starts beam, lets everybody do what they do, and kills it at any moment: from before it
// is ready to some time later. Of beam's life about a third goes by until it is ready, however busy the machine is.
func (h *household) live(t *testing.T) {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), rand.N(3*h.getReady))
	defer cancel()
	b := launchBeam(t, h.state, "--server", h.server)
	var all sync.WaitGroup
	all.Go(func() {
		<-ctx.Done()
		b.kill()
	})
	url, ok := b.awaitReady(ctx)
	if lived := time.Since(began); ok || lived > h.getReady {
		h.getReady = lived
	}
	if ok {
		b.url = url
		for _, act := range []func(context.Context, *testing.T, *beam){h.pair, h.remove, h.spend} {
			all.Go(func() {
				for ctx.Err() == nil {
					act(ctx, t, b)
				}
			})
		}
	}
	all.Wait()
}

// assertKept starts beam once more and asks everybody what they get.
func (h *household) assertKept(t *testing.T) {
	t.Helper()
	b := startBeamIn(t, h.state, "--server", h.server)
	for _, r := range h.phones {
		r.client = newHandset(t).client // at a new address: after ten wrong keys nobody is told any more
		got := r.get(t, b.url+"/v1/models")
		switch {
		case r.removed && got.Status != http.StatusUnauthorized:
			t.Errorf("phone %s was removed, and gets %d", r.id, got.Status)
		case !r.doomed && got.Status != http.StatusOK:
			t.Errorf("phone %s was told its key, and gets %+v", r.id, got)
		}
		if r.guest {
			if g := b.device(t, r.id).Guest; g == nil || g.Left > guestRequests-r.spent {
				t.Errorf("a guest spent %d of %d requests, and has %+v", r.spent, guestRequests, g)
			}
		}
	}
	files, err := os.ReadDir(h.state)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 10 {
		t.Errorf("the kills left %d files behind: %v", len(files), files)
	}
}
