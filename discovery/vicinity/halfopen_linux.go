package vicinity

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// The layout of struct inet_diag_req_v2 and of struct inet_diag_msg, linux/inet_diag.h. Ports and addresses are in
// the network's order.
const (
	diagRequest = 56
	diagMessage = 72
	diagSport   = 4
	diagSource  = 8
	diagDest    = 24

	// Both are "a question was answered, and the answer not yet": TCP_SYN_RECV of the man page, and how the kernel
	// names it for itself, TCP_NEW_SYN_RECV.
	synReceived = 1<<3 | 1<<12
)

// halfOpen asks the kernel for connections whose handshake others have begun and not finished, sock_diag(7): of IPv4,
// and of sockets that are for both.
func halfOpen() (all []HalfOpen) {
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		some, err := halfOpenOf(family)
		if err != nil {
			return all // a sandbox may forbid it
		}
		all = append(all, some...)
	}
	return all
}

func halfOpenOf(family byte) (all []HalfOpen, err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open socket diagnosis: %w", err)
	}
	defer unix.Close(fd)
	// The kernel answers at once. If ever it does not, this ends the wait.
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}); err != nil {
		return nil, fmt.Errorf("limit socket diagnosis: %w", err)
	}
	if err := unix.Sendto(fd, diagQuestion(family), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, fmt.Errorf("ask for sockets: %w", err)
	}
	for b := make([]byte, 32<<10); ; { // as much as the kernel puts into one answer
		n, _, err := unix.Recvfrom(fd, b, 0)
		if err != nil {
			return all, fmt.Errorf("read sockets: %w", err)
		}
		messages, err := syscall.ParseNetlinkMessage(b[:n])
		if err != nil || len(messages) == 0 {
			return all, err
		}
		for _, m := range messages {
			if m.Header.Type == unix.NLMSG_DONE || m.Header.Type == unix.NLMSG_ERROR {
				return all, nil
			}
			if h, ok := parseHalfOpen(m.Data); ok && len(all) < most {
				all = append(all, h)
			}
		}
	}
}

// diagQuestion asks for all connections of a family in that state.
func diagQuestion(family byte) []byte {
	b := make([]byte, unix.NLMSG_HDRLEN+diagRequest)
	binary.NativeEndian.PutUint32(b[0:], uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	request := b[unix.NLMSG_HDRLEN:]
	request[0], request[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(request[4:], synReceived)
	return b
}

// parseHalfOpen reads one of IPv4, also where it is written as an IPv4-mapped IPv6 address.
func parseHalfOpen(data []byte) (HalfOpen, bool) {
	if len(data) < diagMessage {
		return HalfOpen{}, false
	}
	size := map[byte]int{unix.AF_INET: 4, unix.AF_INET6: 16}[data[0]]
	local, _ := netip.AddrFromSlice(data[diagSource : diagSource+size])
	peer, ok := netip.AddrFromSlice(data[diagDest : diagDest+size])
	h := HalfOpen{Peer: peer.Unmap(), Local: netip.AddrPortFrom(local.Unmap(), binary.BigEndian.Uint16(data[diagSport:]))}
	return h, ok && h.Peer.Is4()
}
