package control

import "golang.org/x/sys/unix"

// peerUser is who opened the other end of a socket; see SO_PEERCRED in unix(7).
func peerUser(fd int) (int, error) {
	credentials, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return -1, err
	}
	return int(credentials.Uid), nil
}
