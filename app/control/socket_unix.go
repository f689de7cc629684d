//go:build !windows

package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"modelbeam/app/store"
)

// longestPath is how long the path of a socket may be: sun_path of macOS has 104 bytes, see unix(4) there.
const longestPath = 103

// Listen opens the control socket of the service that holds the state folder dir; the caller closes it. Only
// whoever holds the folder's lock may call it: it takes the place of what a crash has left. The socket is opened
// anew where it is lost; see listener.
//
// The socket is in the user's runtime folder, which is on this machine even when a home folder is not, and
// gone after a restart. The state folder says where, because somebody who looks for it may have been told
// another runtime folder, or none: over SSH, under sudo, from cron.
func Listen(dir string) (net.Listener, error) {
	s, err := openSocket(dir)
	if err != nil {
		return nil, err
	}
	l := &listener{dir: dir, now: s, closed: make(chan struct{})}
	l.keeper.Go(l.keep)
	return l, nil
}

// openSocket opens a socket for a state folder, which says where from then on.
func openSocket(dir string) (*socket, error) {
	path, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remove what a crash has left: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("keep the control socket to ourselves: %w", err), l.Close())
	}
	file, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("look at the control socket: %w", err), l.Close())
	}
	// A new file in place of what is there: that may be a link of somebody else's, or a file of root's.
	if err := store.NewLines(addressPath(dir), []byte(path+"\n"), 0); err != nil {
		return nil, errors.Join(fmt.Errorf("note where the control socket is: %w", err), l.Close())
	}
	return &socket{l, path, file}, nil
}

// dial connects to the service of the state folder dir. The error is ErrNotRunning where there is none.
func dial(ctx context.Context, dir string) (net.Conn, error) {
	lines, _, err := store.Lines(addressPath(dir))
	if err != nil || len(lines) == 0 {
		return nil, noAddress(dir, err)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", string(lines[0]))
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, &OwnerError{Dir: dir}
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if err := ownPeer(conn); err != nil {
		return nil, errors.Join(&OwnerError{Dir: dir}, err, conn.Close())
	}
	return conn, nil
}

// isNoted reports whether the state folder says that the socket is at path. What cannot be read now is left alone.
func isNoted(dir, path string) bool {
	lines, _, err := store.Lines(addressPath(dir))
	return err != nil || len(lines) == 1 && string(lines[0]) == path
}

// noAddress says why we do not know where the socket is; a nil err is that nobody has noted it.
func noAddress(dir string, err error) error {
	switch {
	case err == nil:
		return ErrNotRunning
	case errors.Is(err, fs.ErrPermission):
		return &OwnerError{Dir: dir}
	}
	return fmt.Errorf("%w: %w", ErrNotRunning, err)
}

// addressPath is the file that says where the socket is.
func addressPath(dir string) string { return filepath.Join(dir, "instance.addr") }

// socketPath chooses where the socket of a state folder is, and makes its folder.
func socketPath(dir string) (string, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the state folder: %w", err)
	}
	sum := sha256.Sum256([]byte(whole))
	name := hex.EncodeToString(sum[:6]) + ".sock"
	if runtime := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(runtime) && ownFolder(runtime) == nil {
		folder := filepath.Join(runtime, "modelbeam")
		if path := filepath.Join(folder, name); len(path) <= longestPath && store.MakeFolder(folder) == nil {
			return path, nil
		}
	}
	if path := filepath.Join(whole, "instance.sock"); len(path) <= longestPath {
		return path, nil
	}
	folder := filepath.Join(os.TempDir(), fmt.Sprintf("modelbeam-%d", os.Getuid()))
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make a folder for the control socket: %w", err)
	}
	return filepath.Join(folder, name), ownFolder(folder)
}

// ownFolder refuses a folder in which others could put another socket in place of ours: everybody may make
// names in the system's temporary folder.
func ownFolder(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is no folder that is only ours", folder)
	}
	return nil
}

// ownPeer refuses a connection whose other end belongs to another user.
func ownPeer(conn net.Conn) error {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return errors.New("not a socket")
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return err
	}
	uid := -1
	asked := error(nil)
	if err := raw.Control(func(fd uintptr) { uid, asked = peerUser(int(fd)) }); err != nil {
		return err
	}
	if asked == nil && uid != os.Geteuid() {
		return fmt.Errorf("it is of user %d", uid)
	}
	return asked
}
