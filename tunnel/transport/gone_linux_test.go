package transport

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// The two machines of TestAddressGone.
const (
	serverAddress = "10.9.8.2"
	clientAddress = "10.9.8.1"
	serverURL     = "http://" + serverAddress + ":8000"
)

// TestAddressGone takes a server's address away while it streams, as when its machine leaves the
// network: nothing says so, and the server may as well be thinking. It is noticed within 30 s.
func TestAddressGone(t *testing.T) {
	await.Long(t)
	switch os.Getenv("MACHINE") {
	case "server":
		serveOneEvent()
		return
	case "client":
		readToTheEnd(t)
		return
	}
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	t.Parallel() // it waits
	netnstest.Require(t)
	near, far := netnstest.New(t), netnstest.New(t)
	near.Link("eth0", clientAddress+"/24", far, "eth0", serverAddress+"/24")
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	server := far.Self(ctx, "TestAddressGone", "MACHINE=server")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = server.Wait() }()
	client := near.Self(ctx, "TestAddressGone", "MACHINE=client")
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "data: {}") {
	}
	far.IP("addr", "del", serverAddress+"/24", "dev", "eth0")
	gone := time.Now()
	if err := client.Wait(); err != nil {
		t.Errorf("the client ends with %v", err)
	}
	took := time.Since(gone)
	t.Logf("noticed after %v", took.Round(100*time.Millisecond))
	if took > 30*time.Second {
		t.Error("that is longer than half a minute")
	}
}

func serveOneEvent() {
	server := &http.Server{Addr: serverAddress + ":8000", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: {}\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})}
	_ = server.ListenAndServe() // until it is killed
}

// readToTheEnd is the client: it prints what it gets and succeeds when the stream breaks off.
func readToTheEnd(t *testing.T) {
	tr := New(nil)
	var res *http.Response
	await.True(t, "the server", func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, serverURL, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		res, err = tr.RoundTrip(req)
		return err == nil
	})
	defer res.Body.Close()
	if _, err := io.Copy(os.Stdout, res.Body); err == nil {
		t.Error("the stream has come to its end")
	}
	fmt.Println()
}

// TestSilenceIsLimited holds what a connection of ours asks of the system.
func TestSilenceIsLimited(t *testing.T) {
	s := start(t, answered(kept))
	c, err := newDialer().DialContext(t.Context(), "tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	options := map[string][3]int{
		"TCP_USER_TIMEOUT": {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 20_000},
		"SO_KEEPALIVE":     {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		"TCP_KEEPIDLE":     {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 10},
		"TCP_KEEPINTVL":    {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 5},
	}
	raw := newWary(c, func() {}).raw
	if err := raw.Control(func(fd uintptr) {
		for name, o := range options {
			if got, err := unix.GetsockoptInt(int(fd), o[0], o[1]); got != o[2] || err != nil {
				t.Errorf("%s is %d, %v, want %d", name, got, err, o[2])
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
}
