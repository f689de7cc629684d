package reach

import (
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestNetworksAreLookedAtNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home, other := netip.MustParsePrefix("11.22.33.0/24"), netip.MustParsePrefix("2001:db8::/64")
		now, looks := []netip.Prefix{home}, 0
		var err error
		n := NewNetworks(slog.New(slog.DiscardHandler))
		n.look = func() ([]netip.Prefix, error) { looks++; return now, err }
		for range 100 {
			if got := n.Current(); !slices.Equal(got, now) {
				t.Fatalf("%v", got)
			}
		}
		if looks != 1 {
			t.Errorf("%d looks for 100 requests", looks)
		}
		now = []netip.Prefix{other}
		time.Sleep(networksLast)
		if got := n.Current(); !slices.Equal(got, now) {
			t.Errorf("after a change: %v", got)
		}
		now, err = nil, errors.New("no such thing")
		time.Sleep(networksLast)
		if got := n.Current(); !slices.Equal(got, []netip.Prefix{other}) {
			t.Errorf("with an error: %v", got)
		}
	})
}
