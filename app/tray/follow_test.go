//go:build !darwin || cgo

package tray

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhoIsGreeted: a phone that pairs is told of where nobody looks at the code; the moment in which a new
// code replaces the used one does not count.
func TestWhoIsGreeted(t *testing.T) {
	idle, code := view{}, view{watched: true}
	paired, seen := view{paired: true}, view{paired: true, watched: true}
	tests := []struct {
		name  string
		views []view // each for what comes after it
		holds time.Duration
		want  int
	}{
		{"nobody pairs", []view{idle, code, idle}, time.Minute, 0},
		{"nobody looks", []view{idle, paired, idle}, 5 * time.Second, 1},
		{"somebody looks", []view{code, seen, code}, 5 * time.Second, 0},
		{"between two codes", []view{code, paired, seen, code}, renewal / 2, 0},
		{"one after the other", []view{idle, paired, idle, paired}, 5 * time.Second, 2},
		{"an answer grows", []view{idle, paired, paired, paired}, 5 * time.Second, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				tray := &tray{views: make(chan view, 1), icon: &icon{}} // nothing in the menu changes
				greeted := 0
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					tray.follow(ctx, func() { greeted++ })
				}()
				for _, v := range tt.views {
					tray.views <- v
					time.Sleep(tt.holds)
				}
				cancel()
				<-ended
				if greeted != tt.want {
					t.Errorf("greeted %d times, want %d", greeted, tt.want)
				}
			})
		})
	}
}
