package sockets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ListEvery is how long a list of sockets may be used: no time at all, because a new one costs little.
const ListEvery = 0

var getExtendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

// tableOwnerPIDListener is TCP_TABLE_OWNER_PID_LISTENER: only sockets that listen.
const tableOwnerPIDListener = 3

// The layout of MIB_TCPROW_OWNER_PID and of MIB_TCP6ROW_OWNER_PID, tcpmib.h.
type row struct {
	family             uint32
	size               int
	addr, length, port int
	pid                int
}

var rows = []row{
	{family: windows.AF_INET, size: 24, addr: 4, length: 4, port: 8, pid: 20},
	{family: windows.AF_INET6, size: 56, addr: 0, length: 16, port: 20, pid: 52},
}

// List asks GetExtendedTcpTable for the sockets that listen. One that takes IPv4 and IPv6 is in
// both tables, so that what is in the second alone takes IPv6 alone.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
func List() ([]Socket, error) {
	var all []Socket
	for _, r := range rows {
		table, err := r.table()
		if err != nil {
			return nil, fmt.Errorf("ask for sockets: %w", err)
		}
		all = append(all, r.sockets(table)...)
	}
	return all, nil
}

// table calls until the buffer is large enough: sockets come and go between two calls.
func (r row) table() ([]byte, error) {
	size := uint32(16 << 10)
	for range 5 {
		table := make([]byte, size)
		status, _, _ := getExtendedTCPTable.Call(
			uintptr(unsafe.Pointer(&table[0])), uintptr(unsafe.Pointer(&size)),
			0, uintptr(r.family), tableOwnerPIDListener, 0)
		switch err := windows.Errno(status); err {
		case windows.ERROR_SUCCESS:
			return table, nil
		case windows.ERROR_INSUFFICIENT_BUFFER:
		default:
			return nil, err
		}
	}
	return nil, errors.New("the table grows too fast")
}

// sockets reads the table: the number of rows, then the rows.
func (r row) sockets(table []byte) []Socket {
	var all []Socket
	count := int(binary.LittleEndian.Uint32(table))
	table = table[4:]
	for range min(count, len(table)/r.size) {
		bound, _ := netip.AddrFromSlice(table[r.addr : r.addr+r.length])
		if addr, ok := loopbackFor(bound, true); ok {
			pid := binary.LittleEndian.Uint32(table[r.pid:])
			all = append(all, Socket{
				Addr: netip.AddrPortFrom(addr, binary.BigEndian.Uint16(table[r.port:])),
				ID:   uint64(pid), PID: int(pid),
			})
		}
		table = table[r.size:]
	}
	return all
}

// FindProcesses has nothing to do: the table names the processes.
func FindProcesses([]Socket) {}
