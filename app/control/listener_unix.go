//go:build !windows

package control

import (
	"net"
	"os"
	"sync"
	"time"
)

// keptEvery is how often we look whether the socket is still where clients look for it. It is well within
// startWithin, so that who starts a service that runs without a socket still finds it.
const keptEvery = 5 * time.Second

// socket is a control socket and its name in the file system.
type socket struct {
	*net.UnixListener
	path string
	file os.FileInfo
}

// listener is the control socket for as long as the service runs, which may be longer than the name of the
// socket is there: the runtime folder goes with the last session of its user, and what they left running
// need not (pam_systemd(8), KillUserProcesses in logind.conf(5)). When they are back nobody would find us.
type listener struct {
	dir    string
	keeper sync.WaitGroup
	closed chan struct{}
	once   sync.Once // of Close
	failed error     // of Close

	mu  sync.Mutex // guards what follows
	now *socket
}

// Accept waits for the next client, at whatever socket there is.
func (l *listener) Accept() (net.Conn, error) {
	for {
		s := l.socket()
		conn, err := s.Accept()
		if err == nil || s == l.socket() {
			return conn, err
		}
	}
}

// Close ends Accept, and takes back the note of where the socket was: after a service of root's in a person's
// folder it would lead them to where they may not look. It may be called more than once, and returns when that is done.
func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.keeper.Wait()
		s := l.socket()
		l.failed = s.Close()
		if isNoted(l.dir, s.path) {
			_ = os.Remove(addressPath(l.dir)) // a stale one does little harm
		}
	})
	return l.failed
}

// Addr is where the socket is now.
func (l *listener) Addr() net.Addr { return l.socket().Addr() }

func (l *listener) socket() *socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// keep opens another socket whenever the one that there was is lost, until Close.
func (l *listener) keep() {
	look := time.NewTicker(keptEvery)
	defer look.Stop()
	for {
		select {
		case <-l.closed:
			return
		case <-look.C:
			l.mend()
		}
	}
}

// mend does nothing while all is well. What cannot be done now is tried again.
func (l *listener) mend() {
	before := l.socket()
	if before.isThere() && isNoted(l.dir, before.path) {
		return
	}
	fresh, err := openSocket(l.dir)
	if err != nil {
		return
	}
	before.SetUnlinkOnClose(false) // the name may be that of the new one
	l.mu.Lock()
	l.now = fresh
	l.mu.Unlock()
	_ = before.Close() // Accept goes on with the new one
}

// isThere reports whether the name still leads to this socket.
func (s *socket) isThere() bool {
	file, err := os.Lstat(s.path)
	return err == nil && os.SameFile(file, s.file)
}
