package sockets

import (
	"slices"
	"testing"
)

// TestAncestors: the first process of the system is nobody's parent that counts, and a circle of PIDs that were
// used again ends.
func TestAncestors(t *testing.T) {
	parents := map[int]int{9: 7, 7: 3, 3: 1, 1: 0, 20: 21, 21: 20, 30: 31}
	find := func(pid int) (Process, bool) {
		parent, ok := parents[pid]
		return Process{Name: "p", Parent: parent}, ok
	}
	for pid, want := range map[int][]int{9: {7, 3}, 3: nil, 1: nil, 30: {31}, 99: nil} {
		var got []int
		for _, p := range Ancestors(pid, find) {
			got = append(got, p.PID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d descends from %v, want %v", pid, got, want)
		}
	}
	if n := len(Ancestors(20, find)); n != 16 {
		t.Errorf("a circle has %d ancestors", n)
	}
}
