// Package alert shows a message box where nobody reads standard error: a program that a desktop has started and
// that cannot go on would else end without a word. It needs no window of ours.
package alert

import (
	"context"
	"io/fs"
	"os"
	"time"

	"golang.org/x/term"
)

// atMost is how long a message is shown that nobody closes: the program behind it has something else to do,
// if only to end.
const atMost = 5 * time.Minute

// Show shows a message until the person closes it, ctx ends or five minutes are over. It returns whether
// anybody could see it: false at once where there is no screen, or nothing to show it with.
func Show(ctx context.Context, title, sentence string) (seen bool) {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	return show(ctx, title, sentence)
}

// Needed reports whether what is written to stderr reaches no person: it is neither a terminal nor a pipe to a
// program that reads it. Desktops give their programs a socket, a file or nothing; on Windows a program without
// a console has none at all.
func Needed(stderr *os.File) bool {
	info, err := stderr.Stat()
	if err != nil {
		return true
	}
	return info.Mode()&fs.ModeNamedPipe == 0 && !term.IsTerminal(int(stderr.Fd()))
}
