//go:build !linux && !darwin

package transport

import "syscall"

// limitUnacknowledged leaves it to the keep-alive probes, and to the system for what was sent.
func limitUnacknowledged(_, _ string, _ syscall.RawConn) error { return nil }
