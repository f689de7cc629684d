package lan

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// enrich adds what Linux knows: a real device has a link to its hardware in sysfs, and the
// routing table says which interfaces have a default gateway. It is read as the process sees it,
// so in a network namespace it is that namespace's.
func enrich(nics []nic, _ []net.Interface) []nic {
	table, _ := os.ReadFile("/proc/net/route") // unreadable: no gateways known
	gateways := defaultGateways(table)
	for i := range nics {
		_, err := os.Stat(filepath.Join("/sys/class/net", nics[i].name, "device"))
		nics[i].physical = err == nil
		nics[i].gateway = gateways[nics[i].name]
	}
	return nics
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
