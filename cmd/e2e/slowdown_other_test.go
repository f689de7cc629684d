//go:build !linux

package e2e

import "testing"

// watchSlowdown takes the machine for one that has nothing else to do.
func watchSlowdown(*testing.T) (slowdown func() float64) { return func() float64 { return 1 } }
