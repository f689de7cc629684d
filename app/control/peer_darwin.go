package control

import "golang.org/x/sys/unix"

// peerUser is who opened the other end of a socket; see LOCAL_PEERCRED in unix(4).
func peerUser(fd int) (int, error) {
	credentials, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return -1, err
	}
	return int(credentials.Uid), nil
}
