package firewall

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// category is what Windows takes a network for; it has a set of rules for each.
type category string

const (
	private category = "private"
	public  category = "public"
	domain  category = "domain"
)

// windowsRule is a rule of Windows' firewall as the registry has it, [MS-GPFAS] section 2.2.2.19: names and values
// between bars, after the version.
//
//	v2.30|Action=Block|Active=TRUE|Dir=In|Protocol=6|Profile=Public|LPort=8717|App=C:\Modelbeam\beam.exe|Name=Modelbeam|
type windowsRule map[string][]string

func parseWindowsRule(text string) windowsRule {
	r := make(windowsRule)
	for field := range strings.SplitSeq(text, "|") {
		name, value, found := strings.Cut(field, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); found {
			r[name] = append(r[name], strings.TrimSpace(value))
		}
	}
	return r
}

func (r windowsRule) is(name, value string) bool {
	return len(r[name]) > 0 && strings.EqualFold(r[name][0], value)
}

func (r windowsRule) allows() bool { return r.is("action", "Allow") }

func (r windowsRule) blocks() bool { return r.is("action", "Block") }

// narrowing are conditions that we cannot, or need not, judge: a service of Windows, an app of its store, an interface,
// users and computers that must have proved who they are. A rule with one is about somebody else.
var narrowing = []string{"svc", "apppkgid", "if", "iftype", "luauth", "ruauth", "rmauth", "luown", "security", "security2", "security2_9"}

// about says that a rule in force is about phones that want to reach a program by TCP, on some category of network.
func (r windowsRule) about(p Program, expand func(string) string) bool {
	if !r.is("active", "TRUE") || !r.is("dir", "In") || slices.ContainsFunc(narrowing, func(n string) bool { return len(r[n]) > 0 }) {
		return false
	}
	tcp := len(r["protocol"]) == 0 || r.is("protocol", "6") || r.is("protocol", "256") // absent, and 256: any
	return tcp && r.forProgram(p.Path, expand) && r.forPort(p.Port) &&
		r.forAddress(p.Addr, "la4", "la42") && r.forAddress(p.Addr, "ra4", "ra42")
}

// forProgram compares paths as Windows does. Without one a rule holds for all programs.
func (r windowsRule) forProgram(path string, expand func(string) string) bool {
	return len(r["app"]) == 0 || samePath(expand(r["app"][0]), path)
}

func samePath(a, b string) bool {
	plain := func(path string) string {
		return strings.TrimPrefix(strings.ReplaceAll(path, "/", `\`), `\\?\`)
	}
	return strings.EqualFold(plain(a), plain(b))
}

// forPort reads "LPort=8717" and "LPort2_10=8000-9000", any number of them. There are also words for ports of Windows'
// own services.
func (r windowsRule) forPort(port int) bool {
	ports := slices.Concat(r["lport"], r["lport2_10"], r["lport2_20"], r["lport2_24"])
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p string) bool { return hasPort(p, port) })
}

// forAddress reads addresses, networks, ranges, and the word for everybody near, under any of the names.
func (r windowsRule) forAddress(a netip.Addr, names ...string) bool {
	var all []string
	for _, n := range names {
		all = append(all, r[n]...)
	}
	return len(all) == 0 || slices.ContainsFunc(all, func(text string) bool {
		low, high, isRange := strings.Cut(text, "-")
		from, errFrom := netip.ParseAddr(low)
		to, errTo := netip.ParseAddr(high)
		if isRange && errFrom == nil && errTo == nil {
			return !a.IsValid() || from.Compare(a) <= 0 && a.Compare(to) <= 0
		}
		network, mask, _ := strings.Cut(text, "/")
		if bits, ok := maskBits(mask); ok {
			text = network + "/" + bits
		}
		return strings.EqualFold(text, "LocalSubnet") || text == "*" || holds(text, a)
	})
}

// in says that a rule holds on networks of a category; without one it holds on all.
func (r windowsRule) in(c category) bool {
	return len(r["profile"]) == 0 || slices.ContainsFunc(r["profile"], func(p string) bool {
		return strings.EqualFold(p, string(c)) || strings.EqualFold(p, "All")
	})
}

// maskBits is the number of bits of a mask such as 255.255.0.0, as older versions of rules have it.
func maskBits(mask string) (string, bool) {
	a, err := netip.ParseAddr(mask)
	if err != nil || !a.Is4() {
		return "", false
	}
	ones, _ := net.IPMask(a.AsSlice()).Size()
	return strconv.Itoa(ones), true
}
