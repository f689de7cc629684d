package lan

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// enrich adds what Linux knows: a real device has a link to its hardware in sysfs, the kernel tells
// of what kind one of software is and which bridge an interface is part of, and the routing table
// says which interfaces have a default gateway. All is read as the process sees it, so in a network
// namespace it is that namespace's.
func enrich(nics []nic, _ []net.Interface) []nic {
	table, _ := os.ReadFile("/proc/net/route") // unreadable: no gateways known
	gateways, links := defaultGateways(table), links()
	for i := range nics {
		n := &nics[i]
		_, err := os.Stat(filepath.Join("/sys/class/net", n.name, "device"))
		n.physical = err == nil
		n.gateway = gateways[n.name]
		n.kind = links[n.index].kind
	}
	for i := range nics {
		nics[i].lonely = nics[i].kind == "bridge" && !slices.ContainsFunc(nics, func(port nic) bool {
			return links[port.index].master == nics[i].index && port.real()
		})
	}
	return nics
}

// real says that an interface is the way to a network of more than this machine. The cables to
// containers and virtual machines are veth and tun devices, which their programs name; one that has
// the name of a real interface is the way out of the namespace that we are in.
func (n nic) real() bool {
	return n.physical || !n.virtual() && n.kind != "tun" && !strings.HasPrefix(n.name, "veth") && !strings.HasPrefix(n.name, "vnet")
}

// link is what rtnetlink(7) tells of an interface.
type link struct {
	kind   string // IFLA_INFO_KIND
	master int    // the index of the bridge that it is a port of; 0: none
}

// links asks the kernel for all interfaces, by their index. Empty: it does not tell.
func links() map[int]link {
	all := make(map[int]link)
	answer, err := syscall.NetlinkRIB(syscall.RTM_GETLINK, syscall.AF_UNSPEC)
	if err != nil {
		return all
	}
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil {
		return all
	}
	for i := range messages {
		m := &messages[i]
		if m.Header.Type != syscall.RTM_NEWLINK || len(m.Data) < syscall.SizeofIfInfomsg {
			continue
		}
		attributes, err := syscall.ParseNetlinkRouteAttr(m)
		if err != nil {
			continue
		}
		index := int(int32(binary.NativeEndian.Uint32(m.Data[4:]))) // ifi_index of struct ifinfomsg
		all[index] = parseLink(attributes)
	}
	return all
}

func parseLink(attributes []syscall.NetlinkRouteAttr) (l link) {
	for _, a := range attributes {
		switch {
		case a.Attr.Type == unix.IFLA_MASTER && len(a.Value) >= 4:
			l.master = int(binary.NativeEndian.Uint32(a.Value))
		case a.Attr.Type == unix.IFLA_LINKINFO:
			l.kind = infoKind(a.Value)
		}
	}
	return l
}

// infoKind finds IFLA_INFO_KIND among the attributes that are nested in IFLA_LINKINFO.
func infoKind(b []byte) string {
	for len(b) >= unix.SizeofRtAttr {
		size, kind := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])
		if size < unix.SizeofRtAttr || size > len(b) {
			return ""
		}
		if kind == unix.IFLA_INFO_KIND {
			return string(bytes.TrimRight(b[unix.SizeofRtAttr:size], "\x00"))
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return ""
}

// surrounding goes by the marks that Docker and Podman leave in a container, and by what Microsoft
// calls its kernel.
func surrounding() surroundings {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	if strings.Contains(strings.ToLower(string(release)), "microsoft") {
		return wsl
	}
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			return container
		}
	}
	return anything
}

const (
	rtfUp      = 0x1 // RTF_UP and RTF_GATEWAY of <linux/route.h>
	rtfGateway = 0x2
)

// defaultGateways reads /proc/net/route: interface, destination, gateway, flags, three counters
// and the mask, in hexadecimal. A VPN's route does not count, even where it has all traffic: it
// names no router (WireGuard), or covers one half of the internet each with two routes (OpenVPN).
func defaultGateways(table []byte) map[string]bool {
	gateways := make(map[string]bool)
	for lines := bufio.NewScanner(bytes.NewReader(table)); lines.Scan(); {
		f := bytes.Fields(lines.Bytes())
		if len(f) < 8 || string(f[1]) != "00000000" || string(f[7]) != "00000000" {
			continue
		}
		flags, err := strconv.ParseUint(string(f[3]), 16, 32)
		if err == nil && flags&rtfUp != 0 && flags&rtfGateway != 0 {
			gateways[string(f[0])] = true
		}
	}
	return gateways
}
