package mdns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// office is a network of two laptops that their owners have given the same name, and a phone.
type office struct {
	laptops [2]*netnstest.Namespace
	phone   *netnstest.Namespace
}

func newOffice(t *testing.T) office {
	t.Helper()
	netnstest.Require(t, "avahi-daemon", "avahi-browse", "dbus-daemon")
	o := office{phone: netnstest.New(t)}
	var ports []string
	for i := range o.laptops {
		port := fmt.Sprint("port", i)
		o.laptops[i] = netnstest.New(t)
		o.laptops[i].Link("wlan0", fmt.Sprintf("192.168.77.%d/24", 10+i), o.phone, port, fmt.Sprintf("10.0.%d.1/24", i))
		ports = append(ports, port)
	}
	o.phone.Bridge("wlan0", "192.168.77.20/24", ports...)
	return o
}

func (o office) service(i int) Service {
	return Service{
		Instance: "Modelbeam on laptop", Host: fmt.Sprint("mb-", i), Port: 8717,
		Addr: netip.AddrFrom4([4]byte{192, 168, 77, byte(10 + i)}), Interface: "wlan0",
		Text: []string{fmt.Sprint("id=", i)},
	}
}

// announced waits for the laptop to announce, and returns by which name.
func announced(t *testing.T, log <-chan string) string {
	t.Helper()
	line := await.Value(t, "a line of the program", log, func(l string) bool { return strings.Contains(l, "msg=announcing") })
	_, name, _ := strings.Cut(line, `instance="`)
	name, _, _ = strings.Cut(name, `"`)
	return name
}

// sees waits until the phone has found an instance at an address.
func sees(t *testing.T, browsing <-chan string, instance string, s Service) {
	t.Helper()
	if got := entry(t, browsing, "=", instance); got[7] != s.Addr.String() || got[6] != s.Host+".local" {
		t.Errorf("%s is at %s %s, want %s", instance, got[6], got[7], s.Addr)
	}
}

func TestSecondLaptopOfANameIsNumbered(t *testing.T) {
	await.Long(t)
	o := newOffice(t)
	browsing := netnstest.StartAvahi(t, o.phone).Browse(t.Context(), serviceType)
	first, stopFirst := announceIn(t, o.laptops[0], o.service(0))
	if got := announced(t, first); got != "Modelbeam on laptop" {
		t.Errorf("the first is announced as %q", got)
	}
	sees(t, browsing, "Modelbeam on laptop", o.service(0))
	second, stopSecond := announceIn(t, o.laptops[1], o.service(1))
	if got := announced(t, second); got != "Modelbeam on laptop (2)" {
		t.Errorf("the second is announced as %q", got)
	}
	sees(t, browsing, "Modelbeam on laptop (2)", o.service(1))

	// The second goes, the first stays; who comes back finds its name free again.
	stopSecond()
	entry(t, browsing, "-", "Modelbeam on laptop (2)")
	stopFirst()
	entry(t, browsing, "-", "Modelbeam on laptop")
	again, _ := announceIn(t, o.laptops[1], o.service(1))
	if got := announced(t, again); got != "Modelbeam on laptop" {
		t.Errorf("it comes back as %q", got)
	}
	sees(t, browsing, "Modelbeam on laptop", o.service(1))
}

// After a power cut all begin at once.
func TestTwoLaptopsOfANameBeginAtOnce(t *testing.T) {
	await.Long(t)
	o := newOffice(t)
	browsing := netnstest.StartAvahi(t, o.phone).Browse(t.Context(), serviceType)
	a, _ := announceIn(t, o.laptops[0], o.service(0))
	b, _ := announceIn(t, o.laptops[1], o.service(1))
	agree(t, o, browsing, a, b)
}

// Two networks become one: of two names that were each the only one, one has to change.
func TestLaptopsOfANameThatMeetLater(t *testing.T) {
	await.Long(t)
	o := newOffice(t)
	o.phone.IP("link", "set", "port1", "down")
	var logs [2]<-chan string
	for i := range logs {
		logs[i], _ = announceIn(t, o.laptops[i], o.service(i))
		if got := announced(t, logs[i]); got != "Modelbeam on laptop" {
			t.Errorf("alone it is announced as %q", got)
		}
	}
	o.phone.IP("link", "set", "port1", "up")
	o.phone.AwaitLink("port1")
	o.laptops[1].AwaitLink("wlan0")
	// They learn of each other when somebody asks, as a phone does that comes home.
	browsing := netnstest.StartAvahi(t, o.phone).Browse(t.Context(), serviceType)
	agree(t, o, browsing, logs[0], logs[1])
}

// agree waits until the phone sees each of the laptops by a name of its own.
func agree(t *testing.T, o office, browsing, a, b <-chan string) {
	t.Helper()
	seen := make(map[string]string) // address -> instance, as they are now
	limit := time.After(60 * time.Second)
	done := func() bool {
		names := []string{seen[o.service(0).Addr.String()], seen[o.service(1).Addr.String()]}
		slices.Sort(names)
		return slices.Equal(names, []string{"Modelbeam on laptop", "Modelbeam on laptop (2)"})
	}
	for !done() {
		select {
		case l, ok := <-browsing:
			if !ok {
				t.Fatal("avahi-browse ended")
			}
			if fields := strings.SplitN(l, ";", 10); fields[0] == "=" {
				seen[fields[7]] = unescape(fields[3])
			}
		case l := <-a:
			t.Log("first:", l)
		case l := <-b:
			t.Log("second:", l)
		case <-limit:
			t.Fatalf("the phone sees %v", seen)
		}
	}
}

// Who probes at the same time must come to the same decision on both sides.
func TestLater(t *testing.T) {
	srv := func(port uint16, target string) *dns.SRV { return &dns.SRV{Port: port, Target: target} }
	for _, tt := range []struct{ first, second *dns.SRV }{
		{srv(8718, "a.local."), srv(8717, "b.local.")},
		{srv(8717, "b.local."), srv(8717, "a.local.")},
		{srv(8717, "ab.local."), srv(8717, "b.local.")}, // the length of the label comes first
		{srv(8717, "b.local."), srv(8717, "B.local.")},
	} {
		if !later(tt.first, tt.second) || later(tt.second, tt.first) {
			t.Errorf("%v and %v", tt.first, tt.second)
		}
	}
	if same := srv(8717, "a.local."); later(same, same) {
		t.Error("a record comes later than itself")
	}
}
