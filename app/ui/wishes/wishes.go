// Package wishes asks the system what a person needs of every window: colours that are told apart more easily, nothing
// that moves, larger letters. Fyne asks for none of that itself.
package wishes

import (
	"context"
	"math"
	"time"
)

// Wishes are what the system was told. The zero value is the usual.
type Wishes struct {
	Contrast bool    // stronger colours
	Still    bool    // nothing moves that need not
	Text     float64 // how much larger letters are than usual: 1.5 is half as large again; 0 where the system has no say
}

// patience is how long the system has to answer: a window should not wait for it.
const patience = time.Second

// largest is what all of the window is made for, as WCAG 2.2, 1.4.4 wants it.
const largest = 2

// Ask asks the system, and takes what it does not say for the usual.
func Ask(ctx context.Context) Wishes {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return bounded(ask(ctx))
}

// bounded keeps to sizes that make sense, whatever the system says.
func bounded(w Wishes) Wishes {
	if math.IsNaN(w.Text) || w.Text < 1 {
		w.Text = 1
	}
	w.Text = min(w.Text, largest)
	return w
}
