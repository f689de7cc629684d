package vicinity

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"modelbeam/discovery/lan"
)

// neighbours asks the kernel for its table, rtnetlink(7).
func neighbours(_ context.Context, candidates []lan.Candidate) ([]Neighbour, error) {
	table, err := neighbourTable()
	if err != nil {
		return nil, err
	}
	all, _ := routes() // unreadable: no router is known
	return within(candidates, table, all), nil
}

func neighbourTable() ([]entry, error) {
	answer, err := syscall.NetlinkRIB(syscall.RTM_GETNEIGH, syscall.AF_INET)
	if err != nil {
		return nil, fmt.Errorf("ask for neighbours: %w", err)
	}
	now := time.Now() // ages were counted before: a sign that came just now must not seem older
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil {
		return nil, fmt.Errorf("read neighbours: %w", err)
	}
	var all []entry
	for _, m := range messages {
		if m.Header.Type != unix.RTM_NEWNEIGH {
			continue
		}
		if e, ok := parseNeighbour(m.Data, now); ok {
			all = append(all, e)
		}
	}
	return all, nil
}

// The layout of struct ndmsg and of struct nda_cacheinfo, linux/neighbour.h.
const (
	ndSize      = 12
	ndInterface = 4
	ndState     = 8

	cacheConfirmed = 0 // when an answer to a question of ours, or a connection, last proved that it is there
	cacheUpdated   = 8 // when its state or its address last changed
	cacheSize      = 16

	tick = 10 * time.Millisecond // USER_HZ, in which the kernel counts for programs, is 100 on all that Go runs on
)

func parseNeighbour(data []byte, now time.Time) (entry, bool) {
	if len(data) < ndSize {
		return entry{}, false
	}
	e := entry{index: int(int32(binary.NativeEndian.Uint32(data[ndInterface:])))}
	state := binary.NativeEndian.Uint16(data[ndState:])
	for kind, value := range attributes(data[ndSize:]) {
		switch {
		case kind == unix.NDA_DST:
			e.Addr, _ = netip.AddrFromSlice(value)
		case kind == unix.NDA_LLADDR:
			e.MAC = net.HardwareAddr(value).String()
		case kind == unix.NDA_CACHEINFO && len(value) >= cacheSize:
			confirmed := time.Duration(binary.NativeEndian.Uint32(value[cacheConfirmed:])) * tick
			updated := time.Duration(binary.NativeEndian.Uint32(value[cacheUpdated:])) * tick
			e.Seen, e.Sought = lastSign(state, now, confirmed, updated)
		}
	}
	e.judge(state, now)
	// An entry without ARP is no neighbour, but how the kernel sends to a group or to itself.
	return e, e.Addr.Is4() && state&(unix.NUD_NOARP|unix.NUD_PERMANENT) == 0
}
