package awake

import (
	"context"
	"os"
	"strconv"
)

// hold runs the program that macOS has for this. It ends by itself when we do (-w), so that nothing is left of a crash.
// Its -i keeps the system from idle sleep and lets the screen go dark; see caffeinate(8).
func hold(context.Context, string) (*lock, error) {
	return holdBy("/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid()))
}
