package lan

import (
	"strings"
	"testing"
)

// FuzzRoutes reads /proc/net/route: who has a gateway is in it.
func FuzzRoutes(f *testing.F) {
	const head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
	for _, line := range []string{
		"eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\n", "wg0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\n",
		"tun0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000080\n", "eth0\t00000000\t0101A8C0\tXYZ\t0\t0\t0\t00000000\n", "eth0\n",
	} {
		f.Add([]byte(head + line))
	}
	f.Fuzz(func(t *testing.T, table []byte) {
		for name := range defaultGateways(table) {
			if name == "" || !strings.Contains(string(table), name) {
				t.Errorf("%q has a gateway in %q", name, table)
			}
		}
	})
}

// FuzzLinkInfo reads the attributes that the kernel nests: what it says of a device's kind is in them.
func FuzzLinkInfo(f *testing.F) {
	f.Add([]byte{11, 0, 1, 0, 'b', 'r', 'i', 'd', 'g', 'e', 0, 0})
	f.Add([]byte{4, 0, 2, 0, 8, 0, 1, 0, 't', 'u', 'n', 0})
	f.Add([]byte{3, 0, 1, 0})
	f.Add([]byte{255, 255, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind := infoKind(b); !strings.Contains(string(b), kind) {
			t.Errorf("%q is of the kind %q", b, kind)
		}
	})
}
