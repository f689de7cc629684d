package mdns

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// envService makes TestHelperAnnounce announce the JSON Service in it.
const envService = "MODELBEAM_TEST_SERVICE"

// TestHelperAnnounce is no test: it is the announcing program that the tests below run inside a
// namespace. It says "announcing" when it begins, ends at SIGTERM, and fails if Announce fails or
// leaves a goroutine behind (TestMain looks).
func TestHelperAnnounce(t *testing.T) {
	text := os.Getenv(envService)
	if text == "" {
		t.Skip("not asked to announce")
	}
	var s Service
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if err := Announce(ctx, s, log); err != nil {
		t.Fatal(err)
	}
}

// envListen makes TestHelperListen listen on the interface in it.
const envListen = "MODELBEAM_TEST_LISTEN"

// TestHelperListen is no test either: it prints every mDNS response that it hears, one line
// each: the response's A records as "name address TTL". Whoever asks for a name of its own is a line "probe".
func TestHelperListen(t *testing.T) {
	name := os.Getenv(envListen)
	if name == "" {
		t.Skip("not asked to listen")
	}
	ifc, err := net.InterfaceByName(name)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenMulticastUDP("udp4", ifc, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	fmt.Println("listening")
	for buf := make([]byte, 9000); ; {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		printAddresses(buf[:n])
	}
}

func printAddresses(packet []byte) {
	var msg dns.Msg
	if msg.Unpack(packet) != nil {
		return
	}
	line := "response"
	if !msg.Response {
		if len(msg.Ns) > 0 {
			fmt.Println("probe")
		}
		return
	}
	for _, rr := range append(msg.Answer, msg.Extra...) {
		if a, ok := rr.(*dns.A); ok {
			line += fmt.Sprintf(" %s %s %d", a.Hdr.Name, a.A, a.Hdr.Ttl)
		}
	}
	fmt.Println(line)
}

// home is a small network: a laptop that announces, a phone on the same Wi-Fi, and a container
// behind the laptop's second interface, which looks like Docker's.
type home struct {
	laptop, phone, container *netnstest.Namespace
}

func newHome(t *testing.T) home {
	t.Helper()
	netnstest.Require(t, "avahi-daemon", "avahi-browse", "avahi-resolve", "dbus-daemon")
	h := home{laptop: netnstest.New(t), phone: netnstest.New(t), container: netnstest.New(t)}
	h.laptop.Link("wlan0", "192.168.77.10/24", h.phone, "wlan0", "192.168.77.20/24")
	h.laptop.Link("docker0", "172.17.0.1/16", h.container, "eth0", "172.17.0.2/16")
	return h
}

func (h home) service() Service {
	return Service{
		Instance: "Modelbeam on laptop", Host: "mb-1a2b", Port: 8717,
		Addr: netip.MustParseAddr("192.168.77.10"), Interface: "wlan0",
		Text: []string{"path=/", "txtvers=1", `odd=C:\new "x"`},
	}
}

// start runs one of the helpers above inside a namespace and hands out its lines of output. The
// result stops it; the test's end waits for it, and fails if the helper failed.
func start(t *testing.T, ns *netnstest.Namespace, helper, env string) (lines <-chan string, stop func()) {
	t.Helper()
	cmd := ns.Self(context.Background(), helper, env)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := make(chan string, 1000) // more than any helper says, so that it never waits for us
	go func() {
		defer close(out)
		for scanner := bufio.NewScanner(pipe); scanner.Scan(); {
			out <- scanner.Text()
		}
	}()
	stop = sync.OnceFunc(func() { _ = cmd.Process.Signal(syscall.SIGTERM) })
	t.Cleanup(func() {
		stop()
		for l := range out {
			t.Log(l)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", helper, err)
		}
	})
	return out, stop
}

// announce runs Announce in the laptop's namespace and returns when it has begun.
func (h home) announce(t *testing.T, s Service) (stop func()) {
	t.Helper()
	lines, stop := announceIn(t, h.laptop, s)
	await.Value(t, "a line of the program", lines, func(l string) bool { return strings.Contains(l, "msg=announcing") })
	return stop
}

// announceIn runs Announce in a namespace and hands out its log.
func announceIn(t *testing.T, ns *netnstest.Namespace, s Service) (lines <-chan string, stop func()) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, ns, "TestHelperAnnounce", envService+"="+string(text))
}

// listenIn runs TestHelperListen in a namespace and returns when it hears.
func listenIn(t *testing.T, ns *netnstest.Namespace, iface string) <-chan string {
	t.Helper()
	lines, _ := start(t, ns, "TestHelperListen", envListen+"="+iface)
	await.Value(t, "a line of the program", lines, func(l string) bool { return l == "listening" })
	return lines
}

// entry waits for a line of avahi-browse that begins so and is about the instance, and returns
// its fields: 6 is the host, 7 the address, 8 the port and 9 the text.
func entry(t *testing.T, lines <-chan string, begin, instance string) []string {
	t.Helper()
	var fields []string
	await.Value(t, "a line of the program", lines, func(l string) bool {
		fields = strings.SplitN(l, ";", 10)
		return len(fields) > 3 && fields[0] == begin && unescape(fields[3]) == instance
	})
	return fields
}

// unescape undoes the decimal escapes of avahi-browse -p.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+3 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			b.WriteByte((s[i+1]-'0')*100 + (s[i+2]-'0')*10 + s[i+3] - '0')
			i += 3
		default:
			i++
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func TestPhoneFindsAndLosesTheService(t *testing.T) {
	await.Long(t)
	h := newHome(t)
	s := h.service()
	phone := netnstest.StartAvahi(t, h.phone)
	elsewhere := listenIn(t, h.container, "eth0")
	lines := phone.Browse(t.Context(), serviceType)
	stop := h.announce(t, s)

	got := entry(t, lines, "=", s.Instance)
	if host, addr, port := got[6], got[7], got[8]; host != "mb-1a2b.local" || addr != "192.168.77.10" || port != "8717" {
		t.Errorf("resolved to %s %s %s", host, addr, port)
	}
	for _, want := range []string{`"path=/"`, `"txtvers=1"`, `"odd=C:\\new \"x\""`} {
		if !strings.Contains(unescape(got[9]), unescape(want)) {
			t.Errorf("the text %s lacks %s", got[9], want)
		}
	}

	left := time.Now()
	stop()
	entry(t, lines, "-", s.Instance)
	t.Logf("gone after %v", time.Since(left).Round(time.Millisecond))
	// The phone has had the address in its cache, for 120 s if the goodbye did not take it back.
	if addr, err := phone.Resolve(t.Context(), "mb-1a2b.local"); err == nil {
		t.Errorf("mb-1a2b.local is still %s after the goodbye", addr)
	}
	select {
	case l := <-elsewhere:
		t.Errorf("the network of the other interface heard of it: %s", l)
	default:
	}
}

func TestPhoneResolvesTheHostWithAnEmptyCache(t *testing.T) {
	h := newHome(t)
	heard := listenIn(t, h.phone, "wlan0")
	stop := h.announce(t, h.service())
	// Only after the announcements, of which there are three, does this phone begin to listen: what
	// it learns, it learns by asking.
	for range 3 {
		await.Value(t, "a line of the program", heard, func(l string) bool { return l == "response mb-1a2b.local. 192.168.77.10 120" })
	}
	phone := netnstest.StartAvahi(t, h.phone)
	for _, host := range []string{"mb-1a2b.local", "MB-1A2B.local"} {
		addr, err := phone.Resolve(t.Context(), host)
		if err != nil || addr != "192.168.77.10" {
			t.Errorf("%s resolves to %q, %v", host, addr, err)
		}
	}
	stop()
	await.Value(t, "a line of the program", heard, func(l string) bool { return l == "response mb-1a2b.local. 192.168.77.10 0" })
}

// TestHostIsAnnouncedBeforeTheService: phones that follow us to a new address need it now, and the name of the service
// takes a second to be claimed.
func TestHostIsAnnouncedBeforeTheService(t *testing.T) {
	h := newHome(t)
	heard := listenIn(t, h.phone, "wlan0")
	announceIn(t, h.laptop, h.service())
	first := await.Value(t, "the first word", heard, func(l string) bool { return l == "probe" || strings.HasPrefix(l, "response") })
	if first != "response mb-1a2b.local. 192.168.77.10 120" {
		t.Errorf("it began with %q", first)
	}
}

func TestNamesInAnyScript(t *testing.T) {
	await.Long(t)
	h := newHome(t)
	phone := netnstest.StartAvahi(t, h.phone)
	lines := phone.Browse(t.Context(), serviceType)
	for i, name := range []string{"Anna's MacBook v1.2 中文", `Büro; "2" (links) \ rechts`, strings.Repeat("长", 21)} {
		s := h.service()
		s.Instance, s.Host = name, fmt.Sprintf("mb-%d", i)
		stop := h.announce(t, s)
		if got := entry(t, lines, "=", name); got[7] != "192.168.77.10" {
			t.Errorf("%s resolved to %v", name, got)
		}
		stop()
	}
}
