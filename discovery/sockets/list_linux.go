package sockets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// ListEvery is how long a list of sockets may be used: no time at all, because a new one costs little.
const ListEvery = 0

// List asks the kernel for the sockets that listen, which takes some 60 µs however many
// connections there are: sock_diag(7). /proc/net/tcp tells the same, but has every connection in
// it, and costs milliseconds even where there is none. A kernel may lack this interface, and a
// sandbox forbid it.
func List() ([]Socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open socket diagnosis: %w", err)
	}
	defer unix.Close(fd)
	// The kernel answers at once. If ever it does not, this ends the wait.
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}); err != nil {
		return nil, fmt.Errorf("limit socket diagnosis: %w", err)
	}
	var all []Socket
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		if err := requestSockets(fd, family); err != nil {
			return nil, fmt.Errorf("ask for sockets: %w", err)
		}
		if all, err = receiveSockets(fd, all); err != nil {
			return nil, fmt.Errorf("read sockets: %w", err)
		}
	}
	return all, nil
}

// The layout of struct inet_diag_req_v2 and of struct inet_diag_msg, linux/inet_diag.h.
const (
	requestSize = unix.NLMSG_HDRLEN + 56
	stateListen = 10 // TCP_LISTEN of tcp_states.h

	messageSize   = 72
	messagePort   = 4
	messageAddr   = 8
	messageUID    = 64
	messageInode  = 68
	attributeOnly = 11 // INET_DIAG_SKV6ONLY
)

// requestSockets asks for all sockets of a family that listen. The filter is what makes it cheap: the
// kernel then leaves its table of connections alone.
func requestSockets(fd int, family byte) error {
	b := make([]byte, requestSize)
	binary.NativeEndian.PutUint32(b[0:], requestSize)
	binary.NativeEndian.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	request := b[unix.NLMSG_HDRLEN:]
	request[0], request[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(request[4:], 1<<stateListen)
	return unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// receiveSockets appends what comes back, until the kernel says that this was all.
func receiveSockets(fd int, all []Socket) ([]Socket, error) {
	b := make([]byte, 32<<10) // as much as the kernel puts into one answer
	for {
		n, _, err := unix.Recvfrom(fd, b, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		messages, err := syscall.ParseNetlinkMessage(b[:n])
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			switch m.Header.Type {
			case unix.NLMSG_DONE:
				return all, nil
			case unix.NLMSG_ERROR:
				return nil, errnoOf(m.Data)
			}
			if s, ok := parseSocket(m.Data); ok {
				all = append(all, s)
			}
		}
	}
}

// errnoOf reads struct nlmsgerr, whose first field is the negative number of an error.
func errnoOf(b []byte) error {
	if len(b) < 4 {
		return unix.EPROTO
	}
	return unix.Errno(-int32(binary.NativeEndian.Uint32(b)))
}

// parseSocket is false for a socket that nobody reaches over loopback.
func parseSocket(b []byte) (Socket, bool) {
	if len(b) < messageSize {
		return Socket{}, false
	}
	size := 4
	if b[0] == unix.AF_INET6 {
		size = 16
	}
	// Addresses and ports are in network order here, and everything else in that of the machine.
	bound, _ := netip.AddrFromSlice(b[messageAddr : messageAddr+size])
	addr, ok := loopbackFor(bound, only6(b[messageSize:]))
	return Socket{
		Addr:    netip.AddrPortFrom(addr, binary.BigEndian.Uint16(b[messagePort:])),
		ID:      uint64(binary.NativeEndian.Uint32(b[messageInode:])),
		Account: accountOf(binary.NativeEndian.Uint32(b[messageUID:]), seesAllAccounts()),
	}, ok
}

// overflowUID stands for every account that a user namespace has no number for
// (user_namespaces(7)): in a sandbox that may be everybody but ourselves.
const overflowUID = 65534

// accountOf is the account with a number, as a process sees it that sees all accounts or does not.
func accountOf(uid uint32, seesAll bool) Account {
	return Account{UID: uid, Known: uid != overflowUID || seesAll}
}

// seesAllAccounts says that this process is in a user namespace that has all numbers, such as the first one of a
// machine.
var seesAllAccounts = sync.OnceValue(func() bool {
	text, err := os.ReadFile("/proc/self/uid_map")
	return err != nil || slices.Equal(strings.Fields(string(text)), []string{"0", "0", "4294967295"})
})

// only6 looks through the attributes that follow a message for the one that keeps IPv4 out.
func only6(b []byte) bool {
	for len(b) >= unix.SizeofRtAttr {
		size := int(binary.NativeEndian.Uint16(b))
		if size < unix.SizeofRtAttr || size > len(b) {
			return false
		}
		if binary.NativeEndian.Uint16(b[2:]) == attributeOnly && size > unix.SizeofRtAttr {
			return b[unix.SizeofRtAttr] != 0
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return false
}
