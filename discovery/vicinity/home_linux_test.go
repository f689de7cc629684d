package vicinity

import (
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
)

// processorTime is what this process has used of the processor.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // of ourselves it cannot fail
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var (
	thePhone  = netip.MustParseAddr("192.168.7.30")
	theRouter = netip.MustParseAddr("192.168.7.1")
)

func of(all []Neighbour, addr netip.Addr) (Neighbour, bool) {
	i := slices.IndexFunc(all, func(n Neighbour) bool { return n.Addr == addr })
	if i < 0 {
		return Neighbour{}, false
	}
	return all[i], true
}

// TestAPhoneThatIsDroppedIsANeighbour: what the laptop's rules throw away has come with a question for its hardware
// address, which no rule for IP sees. Behind isolated ports there is no such question.
func TestAPhoneThatIsDroppedIsANeighbour(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rules string
		isolated    bool
		seen        bool
	}{
		{name: "drop", rules: "table inet f {\nchain i {\ntype filter hook input priority 0; policy drop;\n}\n}", seen: true},
		{name: "reject", rules: "table inet f {\nchain i {\ntype filter hook input priority 0;\ntcp dport 8717 reject\n}\n}", seen: true},
		{name: "drop at the device", rules: "table netdev f {\nchain i {\ntype filter hook ingress device \"wlan0\" priority 0;\ntcp dport 8717 drop\n}\n}", seen: true},
		{name: "isolated", isolated: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t, "nft")
			h.nft(h.laptop, tt.rules)
			if tt.isolated {
				h.router.Isolate("port1", "port2")
			}
			before := time.Now()
			h.do(h.phone, "dial 192.168.7.20:8717")
			n, seen := of(h.do(h.laptop, "neighbours").Neighbours, thePhone)
			if seen != tt.seen {
				t.Fatalf("seen %v: %+v", seen, n)
			}
			// The kernel counts in hundredths of a second.
			if seen && (!n.Alive || n.MAC == "" || n.Seen.Before(before.Add(-20*time.Millisecond)) || !n.Sought) {
				t.Errorf("%+v, though it came after %v", n, before)
			}
		})
	}
}

// TestAnOldNeighbourLeavesNoTrace: an entry that is stale stays as it is when the phone asks again; then what was received
// and not delivered tells.
func TestAnOldNeighbourLeavesNoTrace(t *testing.T) {
	t.Parallel()
	h := newHome(t, "nft")
	h.nft(h.laptop, "table inet f {\nchain i {\ntype filter hook input priority 0;\ntcp dport 8717 drop\n}\n}")
	h.do(h.phone, "dial 192.168.7.20:8717")
	first := h.do(h.laptop, "neighbours")
	h.do(h.phone, "dial 192.168.7.20:8717")
	second := h.do(h.laptop, "neighbours")
	a, _ := of(first.Neighbours, thePhone)
	b, _ := of(second.Neighbours, thePhone)
	if d := b.Seen.Sub(a.Seen); d > time.Second { // an attempt takes longer
		t.Errorf("the second attempt was noted %v later", d)
	}
	if loss := second.Traffic.Since(first.Traffic); loss.Lost == 0 {
		t.Errorf("nothing was lost: %+v", loss)
	}
}

// TestWhatRulesDoIsCounted holds what the documentation of Traffic says.
func TestWhatRulesDoIsCounted(t *testing.T) {
	t.Parallel()
	h := newHome(t, "nft")
	h.listen()
	input := func(rule string) string {
		return "table inet f {\nchain i {\ntype filter hook input priority 0;\n" + rule + "\n}\n}"
	}
	for _, tt := range []struct {
		name, rules, at         string
		lost, refused, withheld bool
	}{
		{name: "connected", at: "8717"},
		{name: "nobody listens", at: "9"},
		{name: "drop", rules: input("tcp dport 8717 drop"), at: "8717", lost: true},
		{name: "with a state", rules: input("ct state established,related accept\ntcp dport 8717 drop"), at: "8717", lost: true},
		{name: "reject", rules: input("tcp dport 8717 reject"), at: "8717", lost: true, refused: true},
		{name: "reset", rules: input("tcp dport 8717 reject with tcp reset"), at: "8717", lost: true},
		{name: "answers are kept in", rules: "table inet f {\nchain o {\ntype filter hook output priority 0;\noifname wlan0 meta l4proto tcp drop\n}\n}", at: "8717", withheld: true},
	} {
		h.nft(h.laptop, tt.rules)
		before := h.do(h.laptop, "count")
		h.do(h.phone, "dial 192.168.7.20:"+tt.at)
		after := h.do(h.laptop, "count")
		loss := after.Traffic.Since(before.Traffic)
		if loss.Lost > 0 != tt.lost || loss.Refused > 0 != tt.refused || loss.Withheld > 0 != tt.withheld || loss.Misrouted != 0 {
			t.Errorf("%s: %+v", tt.name, loss)
		}
	}
}

// TestHalfOpen: a phone that hears no answer leaves a connection of which one half is there.
func TestHalfOpen(t *testing.T) {
	t.Parallel()
	h := newHome(t, "nft")
	h.listen()
	h.nft(h.phone, "table inet f {\nchain i {\ntype filter hook input priority 0;\ntcp flags syn drop\n}\n}")
	h.do(h.phone, "dial 192.168.7.20:8717")
	all := h.do(h.laptop, "count").HalfOpen
	if len(all) != 1 || all[0].Peer != thePhone || all[0].Local.String() != "192.168.7.20:8717" {
		t.Errorf("%v", all)
	}
}

// TestLookAround finds who answers by multicast, another Modelbeam among them, and makes nobody look for us: that would
// look like a phone that wants to connect.
func TestLookAround(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.background(h.phone, "announce 192.168.7.30")
	h.do(h.laptop, "dial 192.168.7.1:9") // so that the router is known
	want := Instance{"Modelbeam on Zoë's PC", "0123456789", thePhone}
	s := await.Get(t, "the other Modelbeam is heard", func() seen { return h.do(h.laptop, "look") }, func(s seen) bool {
		return slices.Contains(s.Vicinity.Others, want)
	})
	v := s.Vicinity
	if !slices.Equal(v.Heard, []netip.Addr{thePhone}) || len(v.Others) != 1 || v.MulticastError != "" {
		t.Errorf("heard %v, others %v, error %q", v.Heard, v.Others, v.MulticastError)
	}
	if n, found := of(s.Neighbours, thePhone); found {
		t.Errorf("it was made to look for us: %+v", n)
	}
	if len(v.Networks) != 1 {
		t.Fatalf("%d networks", len(v.Networks))
	}
	n := v.Networks[0]
	if n.Interface != "wlan0" || n.Gateway != theRouter || !n.GatewaySeen || n.TakenBy != "" || n.Unreachable || n.Wireless || n.Wired || v.VPN != "" {
		t.Errorf("%+v, VPN %q", n, v.VPN)
	}
	t.Logf("it took %v, and %v of the processor", s.Wall, s.CPU)
	if s.Wall > 3*time.Second { // 1.2 s where nobody else works
		t.Errorf("it took %v", s.Wall)
	}
}

// TestWaysThatAreTaken: a VPN can take everything, this network too, or all but this network.
func TestWaysThatAreTaken(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		setup        [][]string
		vpn, takenBy string
		unreachable  bool
		overlaps     bool
	}{
		{name: "a default route", setup: [][]string{{"route", "add", "default", "dev", "wg0", "metric", "1"}}, vpn: "wg0"},
		{
			name:  "as OpenVPN does",
			setup: [][]string{{"route", "add", "0.0.0.0/1", "dev", "wg0"}, {"route", "add", "128.0.0.0/1", "dev", "wg0"}}, vpn: "wg0",
		},
		{
			name: "as wg-quick does",
			setup: [][]string{
				{"route", "add", "default", "dev", "wg0", "table", "51820"},
				{"rule", "add", "not", "fwmark", "51820", "table", "51820"},
				{"rule", "add", "table", "main", "suppress_prefixlength", "0"},
			}, vpn: "wg0",
		},
		{
			name: "as wg-quick does, and our network too",
			setup: [][]string{
				{"route", "add", "default", "dev", "wg0", "table", "51820"},
				{"rule", "add", "not", "fwmark", "51820", "table", "51820"},
			}, vpn: "wg0", takenBy: "wg0",
		},
		{
			name:    "both halves of our network",
			setup:   [][]string{{"route", "add", "192.168.7.0/25", "dev", "wg0"}, {"route", "add", "192.168.7.128/25", "dev", "wg0"}},
			takenBy: "wg0",
		},
		{name: "what comes from us", setup: [][]string{
			{"route", "add", "default", "dev", "wg0", "table", "100"}, {"rule", "add", "from", "192.168.7.20", "table", "100"},
		}, takenBy: "wg0"},
		{name: "forbidden", setup: [][]string{{"rule", "add", "to", "192.168.7.0/24", "prohibit"}}, unreachable: true},
		{name: "a second cable into the same network", setup: [][]string{
			{"link", "add", "eth0", "type", "veth", "peer", "name", "veth9"},
			{"link", "set", "veth9", "up"},
			{"link", "set", "eth0", "up"},
			{"addr", "add", "192.168.7.21/24", "dev", "eth0"},
			{"route", "replace", "192.168.7.0/24", "dev", "eth0", "src", "192.168.7.21"},
		}},
		{name: "containers with our addresses", setup: [][]string{
			{"link", "add", "docker0", "type", "bridge"},
			{"link", "set", "docker0", "up"},
			{"addr", "add", "192.168.7.1/24", "dev", "docker0", "noprefixroute"},
			{"route", "replace", "192.168.7.0/24", "dev", "docker0", "src", "192.168.7.1"},
		}, takenBy: "docker0", overlaps: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.laptop.IP("tuntap", "add", "wg0", "mode", "tun")
			h.laptop.IP("addr", "add", "10.64.0.2/32", "dev", "wg0")
			h.laptop.IP("link", "set", "wg0", "up")
			for _, args := range tt.setup {
				h.laptop.IP(args...)
			}
			v := h.do(h.laptop, "ways").Vicinity
			i := slices.IndexFunc(v.Networks, func(n Network) bool { return n.Interface == "wlan0" })
			if i < 0 {
				t.Fatalf("no network: %+v", v)
			}
			n := v.Networks[i]
			if v.VPN != tt.vpn || n.TakenBy != tt.takenBy || n.Overlaps != tt.overlaps || n.Unreachable != tt.unreachable || n.Gateway != theRouter {
				t.Errorf("VPN %q, taken by %q, overlaps %v, unreachable %v, gateway %v", v.VPN, n.TakenBy, n.Overlaps, n.Unreachable, n.Gateway)
			}
		})
	}
}
