//go:build !windows

package alert

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// tooSoon is how long no person takes to close a message: a program that ends sooner with an error could not
// show it.
const tooSoon = time.Second

// box is a program that shows a message until it is closed.
type box struct {
	args  []string
	stdin string
}

// show runs the program, and returns whether anybody could see the message.
func (b box) show(ctx context.Context) (seen bool) {
	cmd := exec.CommandContext(ctx, b.args[0], b.args[1:]...)
	cmd.Stdin = strings.NewReader(b.stdin)
	cmd.WaitDelay = time.Second // a child of it may hold its input
	began := time.Now()
	err := cmd.Run()
	return err == nil || cmd.Process != nil && time.Since(began) >= tooSoon
}
