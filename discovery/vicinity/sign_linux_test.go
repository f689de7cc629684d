package vicinity

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLastSign has the two ages that Linux tells in each state, as seen in "ip -s neigh".
func TestLastSign(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name               string
		state              uint16
		confirmed, updated time.Duration
		ago                time.Duration // -1: no sign
		sought             bool
	}{
		{"it has asked for us", unix.NUD_STALE, 61 * time.Second, time.Second, time.Second, true},
		{"... an hour ago", unix.NUD_STALE, time.Hour + time.Minute, time.Hour, time.Hour, true},
		{"it has asked for us, and we refused at once", unix.NUD_DELAY, 62 * time.Second, 2 * time.Second, 2 * time.Second, true},
		{"it has answered us", unix.NUD_REACHABLE, 5 * time.Second, 5 * time.Second, 5 * time.Second, false},
		{"it answered us, and that has grown old", unix.NUD_STALE, 40 * time.Second, 10 * time.Second, 40 * time.Second, false},
		{"... as late as can be", unix.NUD_STALE, 46 * time.Second, time.Second, 46 * time.Second, false},
		{"we send to one that was there", unix.NUD_DELAY, 50 * time.Second, 0, 50 * time.Second, false},
		{"we send to one that asked long ago", unix.NUD_DELAY, 10 * time.Minute, 0, 10 * time.Minute, false},
		{"we ask, and it is silent", unix.NUD_INCOMPLETE, 61 * time.Second, time.Second, -1, false},
		{"we asked, and it was silent", unix.NUD_FAILED, 9 * time.Second, time.Second, -1, false},
	} {
		sign, sought := lastSign(tt.state, now, tt.confirmed, tt.updated)
		if tt.ago < 0 != sign.IsZero() || !sign.IsZero() && now.Sub(sign) != tt.ago || sought != tt.sought {
			t.Errorf("%s: %v ago, sought %v", tt.name, now.Sub(sign), sought)
		}
	}
}

func TestJudge(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		state                   uint16
		ago                     time.Duration
		alive, answered, failed bool
	}{
		{unix.NUD_REACHABLE, time.Hour, true, true, false},
		{unix.NUD_DELAY, time.Second, true, true, false},
		{unix.NUD_PROBE, time.Second, true, true, false},
		{unix.NUD_STALE, time.Minute, true, false, false},
		{unix.NUD_STALE, time.Hour, false, false, false},
		{unix.NUD_FAILED, time.Second, false, false, true},
		{unix.NUD_INCOMPLETE, time.Second, false, false, true},
	} {
		e := entry{Neighbour: Neighbour{MAC: "66:77:88:99:aa:bb", Seen: now.Add(-tt.ago)}}
		e.judge(tt.state, now)
		if e.Alive != tt.alive || e.Answered != tt.answered || e.Failed != tt.failed || (e.MAC == "") != tt.failed {
			t.Errorf("state %d, %v ago: %+v", tt.state, tt.ago, e.Neighbour)
		}
	}
}

// FuzzNeighbour reads a line of the kernel's table.
func FuzzNeighbour(f *testing.F) {
	f.Add([]byte{2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 1, 8, 0, 1, 0, 192, 168, 7, 30, 10, 0, 2, 0, 1, 2, 3, 4, 5, 6, 0, 0})
	f.Add([]byte{2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 1, 20, 0, 3, 0, 1, 0, 0, 0})
	f.Add([]byte{2, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, ok := parseNeighbour(data, time.Now()); ok && (!e.Addr.Is4() || e.Alive && e.Failed) {
			t.Errorf("%+v", e)
		}
	})
}

// FuzzHalfOpen reads a line of the kernel's table of connections, and FuzzRoute one of its routes.
func FuzzHalfOpen(f *testing.F) {
	f.Add(make([]byte, diagMessage))
	f.Add(append([]byte{unix.AF_INET, 3, 0, 0, 0x22, 0x0d}, make([]byte, diagMessage)...))
	f.Add(append([]byte{unix.AF_INET6, 3}, make([]byte, diagMessage)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, ok := parseHalfOpen(data); ok && !h.Peer.Is4() {
			t.Errorf("%+v", h)
		}
	})
}

func FuzzRoute(f *testing.F) {
	f.Add([]byte{8, 0, 4, 0, 3, 0, 0, 0, 8, 0, 5, 0, 192, 168, 7, 1})
	f.Add([]byte{8, 0, 4, 0})
	f.Fuzz(func(_ *testing.T, data []byte) {
		parseRoute(data)
		_, _ = outOf(data)
	})
}

// BenchmarkNeighbours is what a watcher pays for each sample.
func BenchmarkNeighbours(b *testing.B) {
	for b.Loop() {
		if _, err := neighbours(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCountTraffic(b *testing.B) {
	for b.Loop() {
		CountTraffic()
	}
}
