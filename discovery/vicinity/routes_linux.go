package vicinity

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// The layout of struct rtmsg, linux/rtnetlink.h.
const (
	rtSize      = 12
	rtDstLength = 1
	rtType      = 7
)

// routes are the default routes by way of a router, of all the kernel's tables, best first.
func routes() ([]route, error) {
	answer, err := syscall.NetlinkRIB(syscall.RTM_GETROUTE, syscall.AF_INET)
	if err != nil {
		return nil, fmt.Errorf("ask for routes: %w", err)
	}
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil {
		return nil, fmt.Errorf("read routes: %w", err)
	}
	var all []route
	for _, m := range messages {
		if m.Header.Type != unix.RTM_NEWROUTE || len(m.Data) < rtSize || m.Data[rtDstLength] != 0 || m.Data[rtType] != unix.RTN_UNICAST {
			continue
		}
		if r := parseRoute(m.Data[rtSize:]); r.gateway.IsValid() {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b route) int { return cmp.Compare(a.metric, b.metric) })
	return all, nil
}

func parseRoute(b []byte) (r route) {
	for kind, value := range attributes(b) {
		switch kind {
		case unix.RTA_OIF:
			r.index = number(value)
		case unix.RTA_GATEWAY:
			r.gateway, _ = netip.AddrFromSlice(value)
		case unix.RTA_PRIORITY:
			r.metric = number(value)
		}
	}
	return r
}

// errNoRoute says that nothing can be sent to an address: there is no route, or one that forbids it.
var errNoRoute = errors.New("no route")

// wayTo asks the kernel by which interface a packet from us to an address would leave, with all its tables and rules
// (ip-rule(8)): a VPN often has a table of its own. The source matters too, and may be left out. Nothing is sent.
func wayTo(to, from netip.Addr) (index int, err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return 0, fmt.Errorf("open a netlink socket: %w", err)
	}
	defer unix.Close(fd)
	// The kernel answers at once. If ever it does not, this ends the wait.
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}); err != nil {
		return 0, fmt.Errorf("limit a netlink socket: %w", err)
	}
	if err := unix.Sendto(fd, routeQuestion(to, from), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, fmt.Errorf("ask for a route: %w", err)
	}
	b := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, b, 0)
	if err != nil {
		return 0, fmt.Errorf("read a route: %w", err)
	}
	return outOf(b[:n])
}

// routeQuestion is RTM_GETROUTE for one address.
func routeQuestion(to, from netip.Addr) []byte {
	b := make([]byte, unix.NLMSG_HDRLEN+rtSize, 64)
	b[unix.NLMSG_HDRLEN] = unix.AF_INET
	b[unix.NLMSG_HDRLEN+1] = 32 // rtm_dst_len
	b = appendAddr(b, unix.RTA_DST, to)
	if from.IsValid() {
		b[unix.NLMSG_HDRLEN+2] = 32 // rtm_src_len
		b = appendAddr(b, unix.RTA_SRC, from)
	}
	binary.NativeEndian.PutUint32(b[0:], uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], unix.RTM_GETROUTE)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST)
	return b
}

func appendAddr(b []byte, kind uint16, a netip.Addr) []byte {
	b = binary.NativeEndian.AppendUint16(b, unix.SizeofRtAttr+4)
	b = binary.NativeEndian.AppendUint16(b, kind)
	return append(b, a.AsSlice()...)
}

// outOf reads the answer: a route, or why there is none.
func outOf(answer []byte) (int, error) {
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil || len(messages) == 0 {
		return 0, errors.Join(errors.New("read a route"), err)
	}
	m := messages[0]
	if m.Header.Type == unix.NLMSG_ERROR {
		return 0, fmt.Errorf("%w: %w", errNoRoute, syscall.Errno(-number(m.Data)))
	}
	if m.Header.Type != unix.RTM_NEWROUTE || len(m.Data) < rtSize {
		return 0, errors.New("read a route: no route in the answer")
	}
	if m.Data[rtType] != unix.RTN_UNICAST {
		return 0, fmt.Errorf("read a route: of type %d", m.Data[rtType]) // to ourselves, or to all
	}
	for kind, value := range attributes(m.Data[rtSize:]) {
		if kind == unix.RTA_OIF {
			return number(value), nil
		}
	}
	return 0, errors.New("read a route: it leads nowhere")
}
