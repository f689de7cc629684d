package sockets

// Process is what the system tells of a process.
type Process struct {
	PID    int    // set by Ancestors alone
	Name   string // of its program; Linux keeps 15 characters
	Parent int    // the PID of the process that started it; 0 or 1 where that has ended
}

// Lookup finds a process by its PID. It is false where there is none, or none that we may see.
type Lookup func(pid int) (Process, bool)

// Ancestors are the processes that pid descends from, its parent first. It stops after sixteen: no server is
// that far away from the one that started it, and PIDs that were used again may form a circle.
func Ancestors(pid int, find Lookup) []Process {
	var all []Process
	p, ok := find(pid)
	for range 16 {
		if !ok || p.Parent <= 1 {
			break
		}
		pid = p.Parent
		p, ok = find(pid)
		p.PID = pid
		all = append(all, p)
	}
	return all
}
