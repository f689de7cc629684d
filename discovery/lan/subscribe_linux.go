package lan

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openEvents opens a socket on which the kernel tells of changed links, addresses and routes
// (rtnetlink(7)). It takes no privileges. IPv6 is left out: nobody is given such an address, and
// its temporary ones change all day.
func openEvents() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("bind a netlink socket: %w", err)
	}
	return os.NewFile(uintptr(fd), "netlink"), nil
}
