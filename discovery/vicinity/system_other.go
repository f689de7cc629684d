//go:build !linux && !windows && !darwin

package vicinity

import (
	"context"

	"modelbeam/discovery/lan"
)

func networks(_ context.Context, candidates []lan.Candidate) ([]Network, error) {
	var all []Network
	for _, c := range candidates {
		all = append(all, about(c, nil, nil))
	}
	return all, nil
}

func neighbours(context.Context, []lan.Candidate) ([]Neighbour, error) { return nil, nil }

func wifiName(context.Context, string) string { return "" }

func vpn(context.Context) string { return "" }

func countTraffic() Traffic { return Traffic{} }

func halfOpen() []HalfOpen { return nil }
