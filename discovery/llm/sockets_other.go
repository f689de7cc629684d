//go:build !linux && !windows

package llm

import "time"

// socketsEvery is how long a list of sockets may be used. It takes a program of its own to make
// one; between two lists the ports are knocked at.
const socketsEvery = 15 * time.Second

func listening() ([]socket, error) { return lsof() }

// findOwners has nothing to do: lsof names the processes.
func findOwners([]socket) {}
