package llm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// socketsEvery is how long a list of sockets may be used: it is cheap enough to make at each look.
const socketsEvery = 0

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

// listening asks GetExtendedTcpTable for the sockets that listen. One that takes IPv4 and IPv6 is in
// both tables, so that what is in the second alone takes IPv6 alone.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
func listening() ([]socket, error) {
	var all []socket
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
func (r row) sockets(table []byte) []socket {
	var all []socket
	count := int(binary.LittleEndian.Uint32(table))
	table = table[4:]
	for range min(count, len(table)/r.size) {
		bound, _ := netip.AddrFromSlice(table[r.addr : r.addr+r.length])
		if addr, ok := loopbackFor(bound, true); ok {
			pid := binary.LittleEndian.Uint32(table[r.pid:])
			all = append(all, socket{
				at: netip.AddrPortFrom(addr, binary.BigEndian.Uint16(table[r.port:])),
				id: uint64(pid), pid: int(pid),
			})
		}
		table = table[r.size:]
	}
	return all
}

// findOwners has nothing to do: the table names the processes.
func findOwners([]socket) {}

// newLookUp takes one snapshot of all processes, the only way that Windows documents, when it is
// asked for the first.
func newLookUp() lookUp {
	all := sync.OnceValue(processes)
	return func(pid int) (process, bool) {
		p, ok := all()[pid]
		return p, ok
	}
}

func processes() map[int]process {
	all := make(map[int]process)
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return all
	}
	defer func() { _ = windows.CloseHandle(snapshot) }()
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		all[int(entry.ProcessID)] = process{
			name: windows.UTF16ToString(entry.ExeFile[:]), parent: int(entry.ParentProcessID),
		}
	}
	return all
}
