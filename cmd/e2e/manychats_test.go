package e2e

import (
	"sync"
	"sync/atomic"
	"testing"

	"modelbeam/cmd/e2e/load"
)

// TestQuickChatsLoseNothing has 32 phones ask 20,000 short questions as fast as they are answered, of servers
// that close their connections in every way that servers have. Each gets its whole answer, and no question has
// come to the server twice.
func TestQuickChatsLoseNothing(t *testing.T) {
	const total, phones = 20_000, 32
	for _, way := range load.Closings {
		t.Run(way.Name, func(t *testing.T) {
			server := startLoad(t, way.After)
			beam := startBeam(t, "--server", "http://"+server.Address())
			key := beam.addDevice(t, "phone").Key

			errs := make([]error, total/len(load.Closings))
			var next atomic.Int64
			var all sync.WaitGroup
			for range phones {
				all.Go(func() {
					client := load.NewClient(beam.ready.Listen)
					defer client.Close()
					question := loadRequest(beam.ready.Listen, key, load.Quick)
					for i := int(next.Add(1) - 1); i < len(errs); i = int(next.Add(1) - 1) {
						errs[i] = askWhole(client, question, load.Quick, nil)
					}
				})
			}
			all.Wait()
			assertNoneLost(t, errs)
			if n := server.Asked(); n != len(errs) {
				t.Errorf("the server was asked %d questions, %d were sent", n, len(errs))
			}
		})
	}
}
