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
			silent := silenced(t, strings.TrimPrefix(bus.Address, "unix:path="), says)
			c := startChild(t, "window")
			await.First(t, "systray's connection", silent)
			c.order(t, "quit")
			await.Value(t, "the end", c.lines, func(line string) bool {
				return line == "ended" || strings.Contains(line, ".SessionBus()") // godbus cannot be told to stop
			})
		})
	}
}

// silenced puts a bus in place of the one at path that says only so much to whoever is the second to come. It
// tells when nothing more is said.
func silenced(t *testing.T, path string, says int64) <-chan bool {
	t.Helper()
	front := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", front)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	t.Setenv(trayhost.AddressVariable, "unix:path="+front)
	silent := make(chan bool, 8)
	go func() {
		for n := 1; ; n++ {
			client, err := l.Accept()
			if err != nil {
				return
			}
			bus, err := net.Dial("unix", path)
			if err != nil {
				return
			}
			t.Cleanup(func() { client.Close(); bus.Close() })
			go io.Copy(bus, client)
			go func() {
				if n != 2 {
					io.Copy(client, bus)
					return
				}
				io.CopyN(client, bus, says)
				silent <- true
			}()
		}
	}()
	return silent
}
