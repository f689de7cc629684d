package vicinity

import (
	"net"
	"net/netip"
	"strings"
)

// What macOS' commands say is read here, in a file for every system, so that its tests run everywhere.

// parseARP reads what "arp -an" prints: a line for each neighbour, by the name of the interface.
//
//	? (192.168.1.1) at a4:2b:b0:12:34:5 on en0 ifscope [ethernet]
//	? (192.168.1.99) at (incomplete) on en0 ifscope [ethernet]
//	? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
//
// It tells no times. An entry is kept for 20 minutes after it was used last, so that one with a hardware address was
// alive within that time.
func parseARP(text string) map[string][]Neighbour {
	all := make(map[string][]Neighbour)
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 6 || f[2] != "at" || f[4] != "on" || strings.Contains(line, " permanent") {
			continue // ours, or a group's
		}
		addr, err := netip.ParseAddr(strings.Trim(f[1], "()"))
		if err != nil || addr.IsMulticast() {
			continue
		}
		n := Neighbour{Addr: addr, Interface: f[5], MAC: fullMAC(f[3])}
		n.Alive, n.Failed = n.MAC != "", f[3] == "(incomplete)"
		if n.MAC != "ff:ff:ff:ff:ff:ff" {
			all[f[5]] = append(all[f[5]], n)
		}
	}
	return all
}

// fullMAC puts the zeros back that macOS leaves out.
func fullMAC(text string) string {
	parts := strings.Split(text, ":")
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	mac, err := net.ParseMAC(strings.Join(parts, ":"))
	if err != nil {
		return ""
	}
	return mac.String()
}

// parseDefaults reads the default routes by way of a router from "netstat -rn -f inet", by the name of the interface.
// macOS keeps one for every network that has a router, also while a VPN has the traffic; that one's gateway is a link.
//
//	default            192.168.1.1        UGScg                 en0
//	default            link#22            UCSIg               utun4
func parseDefaults(text string) map[string]netip.Addr {
	all := make(map[string]netip.Addr)
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 4 || f[0] != "default" || !strings.Contains(f[2], "G") {
			continue
		}
		gateway, err := netip.ParseAddr(f[1])
		if _, known := all[f[3]]; err == nil && !known {
			all[f[3]] = gateway
		}
	}
	return all
}

// parseWay reads the interface from "route -n get 192.168.1.1"; "" where there is no route.
//
//	   route to: 192.168.1.1
//	destination: 192.168.1.1
//	  interface: en0
//	      flags: <UP,HOST,DONE,LLINFO,WASCLONED,IFSCOPE,IFREF>
func parseWay(text string) (ifc string, forbidden bool) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "interface":
			ifc = strings.TrimSpace(value)
		case "flags":
			forbidden = strings.Contains(value, "REJECT") || strings.Contains(value, "BLACKHOLE")
		}
	}
	return ifc, forbidden
}

// parseSummary reads the Wi-Fi's name from "ipconfig getsummary en0", and whether it is Wi-Fi. Since macOS 14 the name
// may be kept from programs that the person has not allowed to know where they are.
//
//	InterfaceType : WiFi
//	SSID : Anna's Wi-Fi
func parseSummary(text string) (name string, wireless, known bool) {
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(strings.TrimSpace(line), " : ")
		switch value = strings.TrimSpace(value); {
		case !found:
		case key == "InterfaceType":
			wireless, known = value == "WiFi", true
		case key == "SSID" && value != "<redacted>":
			name = plainName([]byte(value))
		}
	}
	return name, wireless, known
}
