//go:build !linux && !darwin && !windows

package lan

import "context"

// subscribe has no events to offer here; the poll must do.
func subscribe(context.Context) (<-chan struct{}, error) { return nil, nil }
