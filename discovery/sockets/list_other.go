//go:build !linux && !windows

package sockets

import "time"

// ListEvery is how long a list of sockets may be used. Another program has to be run to make one. Until the
// next, knocking at ports has to do.
const ListEvery = 15 * time.Second

// List runs lsof(8).
func List() ([]Socket, error) { return lsof() }

// FindProcesses has nothing to do: lsof names the processes.
func FindProcesses([]Socket) {}
