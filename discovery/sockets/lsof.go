package sockets

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// lsof asks lsof(8) for the sockets that listen, where the system has no cheaper way. macOS comes with the
// program, in a place that may not be in a desktop program's PATH. Unless we are root it tells only of the
// sockets of our own user.
func lsof() ([]Socket, error) {
	path, err := exec.LookPath("lsof")
	if err != nil {
		path = "/usr/sbin/lsof"
	}
	// It can hang on a network file system that is gone, although it has nothing to look for there.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "-nP", "-iTCP", "-sTCP:LISTEN", "-Fpn").Output()
	if err != nil && len(out) == 0 { // its status is 1 also where it found something
		return nil, fmt.Errorf("run lsof: %w", err)
	}
	return parseLsof(out), nil
}

// parseLsof reads one fact from each line: "p4242" begins a process, and "n127.0.0.1:8080", "n[::1]:8080" or
// "n*:8080" is one of its addresses. Whether "*" is IPv4 or IPv6 makes no difference, because both answer
// at 127.0.0.1.
func parseLsof(out []byte) []Socket {
	var all []Socket
	pid := 0
	for line := range bytes.Lines(out) {
		text := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(text, "p"):
			pid, _ = strconv.Atoi(text[1:])
		case strings.HasPrefix(text, "n"):
			bound, err := netip.ParseAddrPort(strings.Replace(text[1:], "*:", "0.0.0.0:", 1))
			if err != nil {
				continue
			}
			if addr, ok := loopbackFor(bound.Addr(), false); ok {
				all = append(all, Socket{Addr: netip.AddrPortFrom(addr, bound.Port()), ID: uint64(pid), PID: pid})
			}
		}
	}
	return all
}
