// Package instance makes sure that a state folder serves only one running Modelbeam: a second
// start asks the first to show itself instead of fighting over its files and its port.
package instance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"modelbeam/app/store"
)

// RunningError says that the folder is in use. Shown tells that the one that uses it has
// brought its window to the front.
type RunningError struct {
	Dir   string
	Shown bool
}

func (e *RunningError) Error() string { return "Modelbeam is already running with the folder " + e.Dir }

// Instance is the right to use a state folder. Close gives it back; so does the end of the
// process, however it ends, because the system drops its file lock.
type Instance struct {
	lock   *flock.Flock
	socket net.Listener // nil when the system has no such sockets, or the path is too long for one
	done   sync.WaitGroup
}

// Acquire takes the folder dir, making it if needed. While it is held, another start in the
// same folder calls show, on a goroutine of its own; show is nil where there is no window.
// The error is a *RunningError when the folder is taken.
func Acquire(dir string, show func(), log *slog.Logger) (*Instance, error) {
	i := &Instance{lock: flock.New(filepath.Join(dir, "instance.lock"), flock.SetPermissions(0o600))}
	if err := store.MakeFolder(dir); err != nil {
		return nil, err
	}
	if err := store.Touch(i.lock.Path()); err != nil {
		return nil, fmt.Errorf("use the state folder: %w", err)
	}
	free, err := i.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	path := filepath.Join(dir, "instance.sock")
	if !free {
		return nil, &RunningError{Dir: dir, Shown: askToShow(path)}
	}
	if err := i.listen(path, show); err != nil {
		log.Warn("another start will not be able to show this window", "error", err)
	}
	return i, nil
}

// Close gives the folder back. It is called once.
func (i *Instance) Close() error {
	var err error
	if i.socket != nil {
		err = i.socket.Close() // removes the socket's file too
	}
	i.done.Wait()
	return errors.Join(err, i.lock.Unlock())
}

func (i *Instance) listen(path string, show func()) error {
	_ = os.Remove(path) // left by a crash: we hold the lock, so nobody listens there
	l, err := new(net.ListenConfig).Listen(context.Background(), "unix", path)
	if err != nil {
		return fmt.Errorf("listen for other starts: %w", err)
	}
	i.socket = l
	i.done.Go(func() { serve(l, show) })
	return os.Chmod(path, 0o600)
}

// replyWithin is how long either side waits for the other.
const replyWithin = 2 * time.Second

// serve answers each start with one line: "shown", or "no window".
func serve(l net.Listener, show func()) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		answer := "no window\n"
		if show != nil {
			show()
			answer = "shown\n"
		}
		_ = conn.SetDeadline(time.Now().Add(replyWithin))
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
	}
}

func askToShow(path string) bool {
	conn, err := net.DialTimeout("unix", path, replyWithin)
	if err != nil {
		return false // it is just starting or ending, or has no socket
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(replyWithin))
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line) == "shown"
}
