package lan

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

func TestDefaultGateways(t *testing.T) {
	const table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
tun0	00000000	0100080A	0003	0	0	0	00000080	0	0	0
wg0	00000000	00000000	0001	0	0	0	00000000	0	0	0
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	600	00FFFFFF	0	0	0
broken
`
	// tun0 has half of the internet, wg0 all of it without a router: neither is a home network.
	got := defaultGateways([]byte(table))
	if len(got) != 1 || !got["wlan0"] {
		t.Errorf("gateways on %v, want wlan0", got)
	}
}

// envWatch makes TestHelperWatch run.
const envWatch = "MODELBEAM_TEST_WATCH"

// TestHelperWatch is no test: it is the program that the test below runs inside a namespace. It
// prints a line with the candidates for every report of Watch, until SIGTERM.
func TestHelperWatch(t *testing.T) {
	if os.Getenv(envWatch) == "" {
		t.Skip("not asked to watch")
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	Watch(ctx, slog.New(slog.DiscardHandler), func(s Survey) {
		line := "report"
		for _, c := range s.Candidates {
			line += fmt.Sprintf(" %s@%s=%d", c.Prefix, c.Interface, c.Score)
		}
		fmt.Println(line)
	})
}

func TestWatchSeesTheKernelsChanges(t *testing.T) {
	netnstest.Require(t)
	laptop, router := netnstest.New(t), netnstest.New(t)
	cmd := laptop.Self(context.Background(), "TestHelperWatch", envWatch+"=1")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(pipe); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		for l := range lines {
			t.Log(l)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the watching program: %v", err)
		}
	})

	awaitLine(t, lines, "report")
	laptop.Link("wlan0", "192.168.77.10/24", router, "lan0", "192.168.77.1/24")
	awaitLine(t, lines, "report 192.168.77.10/24@wlan0=10")
	begin := time.Now()
	laptop.IP("route", "add", "default", "via", "192.168.77.1")
	awaitLine(t, lines, "report 192.168.77.10/24@wlan0=110") // the gateway, and packets leave from it
	t.Logf("a new route is reported after %v", time.Since(begin).Round(time.Millisecond))
	laptop.IP("addr", "add", "192.168.78.10/24", "dev", "wlan0")
	awaitLine(t, lines, "report 192.168.77.10/24@wlan0=110 192.168.78.10/24@wlan0=70")
	laptop.IP("link", "set", "wlan0", "down")
	awaitLine(t, lines, "report")
}

func awaitLine(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	await.Value(t, want, lines, func(line string) bool { return strings.TrimSpace(line) == want })
}
