package vicinity

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	iphlpapi       = windows.NewLazySystemDLL("iphlpapi.dll")
	getIPNetTable2 = iphlpapi.NewProc("GetIpNetTable2")
	getBestRoute2  = iphlpapi.NewProc("GetBestRoute2")
)

// netRow is MIB_IPNET_ROW2,
// https://learn.microsoft.com/windows/win32/api/netioapi/ns-netioapi-mib_ipnet_row2
type netRow struct {
	address  [28]byte // SOCKADDR_INET
	index    uint32
	luid     uint64
	physical [32]byte
	length   uint32
	state    uint32 // NL_NEIGHBOR_STATE
	flags    uint32
	time     uint32
}

// netTable is MIB_IPNET_TABLE2.
type netTable struct {
	count uint32
	rows  [1]netRow
}

// The values of NL_NEIGHBOR_STATE in nldef.h.
const (
	unreachable = iota
	incomplete
	probe
	delay
	stale
	reachable
	permanent
)

// neighbourTable asks Windows for its table, which has no times that mean the same in all versions: who compares two tables
// sees who is new.
func neighbourTable() ([]entry, error) {
	if err := getIPNetTable2.Find(); err != nil {
		return nil, fmt.Errorf("ask for neighbours: %w", err)
	}
	var table *netTable
	if code, _, _ := getIPNetTable2.Call(windows.AF_INET, uintptr(unsafe.Pointer(&table))); code != 0 {
		if windows.Errno(code) == windows.ERROR_NOT_FOUND {
			return nil, nil // nobody is known
		}
		return nil, fmt.Errorf("ask for neighbours: %w", windows.Errno(code))
	}
	defer windows.FreeMibTable(unsafe.Pointer(table))
	var all []entry
	for _, r := range unsafe.Slice(&table.rows[0], table.count) {
		if e, ok := r.entry(); ok {
			all = append(all, e)
		}
	}
	return all, nil
}

// entry is false for what is no neighbour: groups, and what somebody has written down.
func (r netRow) entry() (entry, bool) {
	addr := addrOf(r.address[:])
	e := entry{Neighbour: Neighbour{Addr: addr, Failed: r.state == unreachable || r.state == incomplete}, index: int(r.index)}
	if !e.Failed && r.length <= uint32(len(r.physical)) {
		e.MAC = net.HardwareAddr(r.physical[:r.length]).String()
	}
	e.Alive = r.state == reachable || r.state == probe || r.state == delay
	return e, addr.Is4() && !addr.IsMulticast() && r.state != permanent
}

// addrOf reads a SOCKADDR_INET of IPv4: the family, the port, and the address.
func addrOf(b []byte) netip.Addr {
	if binary.NativeEndian.Uint16(b) != windows.AF_INET {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(b[4:8]))
}

// socketAddr is the SOCKADDR_INET of an IPv4 address.
func socketAddr(a netip.Addr) (b [28]byte) {
	binary.NativeEndian.PutUint16(b[:], windows.AF_INET)
	four := a.As4()
	copy(b[4:], four[:])
	return b
}

// routes are the default routes by way of a router.
func routes() (all []route) {
	var table *windows.MibIpForwardTable2
	if windows.GetIpForwardTable2(windows.AF_INET, &table) != nil {
		return nil
	}
	defer windows.FreeMibTable(unsafe.Pointer(table))
	for _, row := range table.Rows() {
		next := addrOf((*[28]byte)(unsafe.Pointer(&row.NextHop))[:])
		if row.DestinationPrefix.PrefixLength == 0 && next.Is4() && !next.IsUnspecified() {
			all = append(all, route{index: int(row.InterfaceIndex), gateway: next, metric: int(row.Metric)})
		}
	}
	return all
}

// wayTo asks Windows by which interface a packet from us to an address would leave. Nothing is sent.
func wayTo(to, from netip.Addr) (index int, err error) {
	if err := getBestRoute2.Find(); err != nil {
		return 0, fmt.Errorf("ask for a route: %w", err)
	}
	var best windows.MibIpForwardRow2
	var source [28]byte
	target, own := socketAddr(to), [28]byte{}
	var ownPointer unsafe.Pointer
	if from.IsValid() {
		own = socketAddr(from)
		ownPointer = unsafe.Pointer(&own)
	}
	code, _, _ := getBestRoute2.Call(0, 0, uintptr(ownPointer), uintptr(unsafe.Pointer(&target)), 0,
		uintptr(unsafe.Pointer(&best)), uintptr(unsafe.Pointer(&source)))
	if code != 0 {
		return 0, fmt.Errorf("ask for a route: %w", windows.Errno(code))
	}
	return int(best.InterfaceIndex), nil
}
