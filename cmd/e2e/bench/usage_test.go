package bench

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// What the kernel knows of a program and of those that it has started, as nginx its workers. Where
// there is no /proc, nothing is known of it: NaN.

// cpu returns the microseconds that it has computed so far.
func (p *program) cpu() float64 {
	return p.sum(func(pid string) float64 {
		threads, _ := filepath.Glob("/proc/" + pid + "/task/*/schedstat")
		if len(threads) == 0 {
			return math.NaN()
		}
		total := 0.0
		for _, path := range threads {
			total += first(path, "") / 1000
		}
		return total
	})
}

// memory returns a figure of its memory in KiB: VmRSS now, VmHWM at its peak.
func (p *program) memory(figure string) float64 {
	return p.sum(func(pid string) float64 { return first("/proc/"+pid+"/status", figure+":") })
}

func (p *program) sum(of func(pid string) float64) float64 {
	if p.cmd == nil {
		return math.NaN()
	}
	pid := strconv.Itoa(p.cmd.Process.Pid)
	total := of(pid)
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%s/task/%s/children", pid, pid))
	for _, child := range strings.Fields(string(children)) {
		total += of(child)
	}
	return total
}

// first reads the first number behind a text in a file.
func first(path, behind string) float64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0 // a thread that has ended
	}
	_, rest, _ := strings.Cut(string(text), behind)
	words := strings.Fields(rest)
	if len(words) == 0 {
		return math.NaN()
	}
	n, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		return math.NaN()
	}
	return n
}
