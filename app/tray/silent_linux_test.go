package tray

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/trayhost"
)

// TestEndsWhileTheBusHangs: a bus that falls silent while the icon is made does not keep the service
// from ending.
func TestEndsWhileTheBusHangs(t *testing.T) {
	for name, says := range map[string]int64{"at the greeting of systray": 0, "in the middle of it": 40} {
		t.Run(name, func(t *testing.T) {
			bus := privateBus(t)
			silent := silenced(t, bus, says)
			c := startChild(t, "window")
			await.First(t, "systray's connection", silent)
			c.order(t, "quit")
			await.Value(t, "the end", c.lines, func(line string) bool {
				return line == "ended" || strings.Contains(line, ".SessionBus()") // godbus cannot be told to stop
			})
		})
	}
}

// silenced puts a bus in place of another that says only so much to systray. It tells when nothing more is said.
func silenced(t *testing.T, bus *trayhost.Bus, says int64) <-chan bool {
	t.Helper()
	silent := make(chan bool, 8)
	between(t, bus, func(systray, bus net.Conn) {
		go io.Copy(bus, systray)
		io.CopyN(systray, bus, says)
		silent <- true
	})
	return silent
}

// between has relay stand between a bus and systray, which is the second to come to it.
func between(t *testing.T, bus *trayhost.Bus, relay func(systray, bus net.Conn)) {
	t.Helper()
	front := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", front)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	t.Setenv(trayhost.AddressVariable, "unix:path="+front)
	go func() {
		for n := 1; ; n++ {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", strings.TrimPrefix(bus.Address, "unix:path="))
			if err != nil {
				return
			}
			t.Cleanup(func() { client.Close(); server.Close() })
			if n == 2 {
				go relay(client, server)
				continue
			}
			go io.Copy(server, client)
			go io.Copy(client, server)
		}
	}()
}
