package vicinity

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/lan"
	"modelbeam/discovery/mdns"
	"modelbeam/discovery/netnstest"
)

// envDo makes TestHelper run, and says what it does.
const envDo = "MODELBEAM_TEST_VICINITY"

// seen is what TestHelper prints.
type seen struct {
	Vicinity   Vicinity
	Neighbours []Neighbour
	Traffic    Traffic
	HalfOpen   []HalfOpen
	CPU, Wall  time.Duration
	Sample     time.Duration
}

// TestHelper is no test: it is the program that the tests below run in a namespace.
func TestHelper(t *testing.T) {
	what, argument, _ := strings.Cut(os.Getenv(envDo), " ")
	switch what {
	case "":
		t.Skip("not asked to do anything")
	case "dial":
		conn, err := net.DialTimeout("tcp4", argument, 1300*time.Millisecond) // long enough for the first repetition
		if err == nil {
			_ = conn.Close()
		}
		return
	case "listen":
		if _, err := net.Listen("tcp4", argument); err != nil {
			t.Fatal(err)
		}
		fmt.Println("listening")
		select {} // until it is killed
	case "announce":
		announce(t, netip.MustParseAddr(argument))
	}
	survey, err := lan.Look()
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	if what == "ways" {
		if s.Vicinity.Networks, err = networks(t.Context(), survey.Candidates); err != nil {
			t.Error(err)
		}
		s.Vicinity.VPN = vpn(t.Context())
	}
	if what == "look" {
		begin, used := time.Now(), processorTime()
		if s.Vicinity, err = Look(t.Context(), survey.Candidates); err != nil {
			t.Error(err)
		}
		s.Wall, s.CPU = time.Since(begin), processorTime()-used
	}
	s.Neighbours, err = Neighbours(t.Context(), survey.Candidates)
	s.Traffic, s.HalfOpen = CountTraffic(), halfOpen()
	text, _ := json.Marshal(s)
	fmt.Printf("%s %v\n", text, err)
}

// announce announces a Modelbeam until it is killed.
func announce(t *testing.T, addr netip.Addr) {
	t.Helper()
	err := mdns.Announce(t.Context(), mdns.Service{
		Instance: "Modelbeam on Zoë's PC", Host: "modelbeam-0123", Port: 8717, Addr: addr, Interface: "eth0",
		Text: []string{"txtvers=1", "id=0123456789"},
	}, slog.New(slog.DiscardHandler))
	t.Fatal(err)
}

// home is a laptop, a phone and a router with a switch that both are at.
type home struct {
	laptop, phone, router *netnstest.Namespace
	t                     *testing.T
}

func newHome(t *testing.T, programs ...string) home {
	t.Helper()
	netnstest.Require(t, programs...)
	h := home{netnstest.New(t), netnstest.New(t), netnstest.New(t), t}
	h.router.Link("port1", "192.168.7.2/24", h.laptop, "wlan0", "192.168.7.20/24")
	h.router.Link("port2", "192.168.7.3/24", h.phone, "eth0", "192.168.7.30/24")
	h.router.Bridge("br0", "192.168.7.1/24", "port1", "port2")
	h.laptop.IP("route", "add", "default", "via", "192.168.7.1", "metric", "600")
	return h
}

// do runs TestHelper on a machine, to its end.
func (h home) do(on *netnstest.Namespace, what string) (s seen) {
	h.t.Helper()
	out, err := on.Self(h.t.Context(), "TestHelper", envDo+"="+what).Output()
	if err != nil {
		h.t.Fatalf("%s: %v\n%s", what, err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "{") {
			if err := json.NewDecoder(strings.NewReader(line)).Decode(&s); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	return s
}

// background runs TestHelper on a machine until the test ends.
func (h home) background(on *netnstest.Namespace, what string) *exec.Cmd {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := on.Self(ctx, "TestHelper", envDo+"="+what)
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	return cmd
}

// listen has the laptop listen where a Modelbeam would.
func (h home) listen() {
	h.t.Helper()
	h.background(h.laptop, "listen 192.168.7.20:8717")
	await.True(h.t, "the laptop listens", func() bool {
		return h.laptop.Command(h.t.Context(), "sh", "-c", "ss -Hltn | grep -q 8717").Run() == nil
	})
}

// nft replaces a machine's rules.
func (h home) nft(on *netnstest.Namespace, rules string) {
	h.t.Helper()
	cmd := on.Command(h.t.Context(), "nft", "-f", "-")
	cmd.Stdin = strings.NewReader("flush ruleset\n" + rules + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("nft: %v\n%s", err, out)
	}
}
