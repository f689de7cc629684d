package mdns

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/miekg/dns"
)

func TestInstanceLabel(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Modelbeam", "Modelbeam"},
		{"everything", "Anna's MacBook v1.2 中文", "Anna's MacBook v1.2 中文"},
		{"ends", " .Anna Sr. ", "Anna Sr"},
		{"control characters", "An\x00na\n\x7f", "Anna"},
		{"nothing left", " .. ", ""},
		{"exactly 63 bytes", strings.Repeat("a", 63), strings.Repeat("a", 63)},
		{"64 bytes", strings.Repeat("a", 64), strings.Repeat("a", 63)},
		{"cut between characters", "a" + strings.Repeat("中", 21), "a" + strings.Repeat("中", 20)},
		{"cut before a dot", strings.Repeat("a", 61) + ".中", strings.Repeat("a", 61)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := instanceLabel(tt.in)
			if got != tt.want || !utf8.ValidString(got) {
				t.Errorf("instanceLabel(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestNumbered(t *testing.T) {
	for _, tt := range []struct {
		label string
		n     int
		want  string
	}{
		{"Modelbeam", 1, "Modelbeam"},
		{"Modelbeam", 2, "Modelbeam (2)"},
		{strings.Repeat("a", 63), 12, strings.Repeat("a", 58) + " (12)"},
		{strings.Repeat("长", 21), 2, strings.Repeat("长", 19) + " (2)"},
		{strings.Repeat("a", 58) + ". more", 2, strings.Repeat("a", 58) + " (2)"},
	} {
		got := numbered(tt.label, tt.n)
		if got != tt.want || len(got) > maxLabel {
			t.Errorf("numbered(%q, %d) = %q, want %q", tt.label, tt.n, got, tt.want)
		}
	}
}

// A name must come back from the wire exactly as it is registered: zeroconf compares the two.
func TestEscapeLabelSurvivesTheWire(t *testing.T) {
	var ascii strings.Builder
	for c := byte(' '); c <= '~'; c++ {
		ascii.WriteByte(c)
	}
	for _, label := range []string{
		"Modelbeam", "Anna's MacBook v1.2 中文", `back\slash "and" (more); @home`, "emoji 🦙",
		ascii.String()[:48], ascii.String()[48:],
	} {
		name := escapeLabel(label) + "._http._tcp.local."
		packed := make([]byte, 512)
		n, err := dns.PackDomainName(name, packed, 0, nil, false)
		if err != nil {
			t.Fatalf("pack %q: %v", name, err)
		}
		if got := string(packed[1 : 1+int(packed[0])]); got != label {
			t.Errorf("the first label on the wire is %q, want %q", got, label)
		}
		back, _, err := dns.UnpackDomainName(packed[:n], 0)
		if err != nil || back != name {
			t.Errorf("unpacked %q, %v; want %q", back, err, name)
		}
	}
}

func TestAnnounceRefuses(t *testing.T) {
	good := Service{
		Instance: "Modelbeam", Host: "mb-1a2b", Port: 8717,
		Addr: netip.MustParseAddr("192.0.2.1"), Interface: "no-such-interface",
	}
	for _, tt := range []struct {
		name string
		edit func(*Service)
		want string
	}{
		{"an interface that is not there", func(*Service) {}, `find network interface "no-such-interface"`},
		{"no name", func(s *Service) { s.Instance = " . " }, "has no name"},
		{"a name that is not text", func(s *Service) { s.Instance = "\xff\xfe" }, "not UTF-8"},
		{"no port", func(s *Service) { s.Port = 0 }, "port 0"},
		{"no address", func(s *Service) { s.Addr = netip.Addr{} }, "not an IPv4 address"},
		{"an IPv6 address", func(s *Service) { s.Addr = netip.MustParseAddr("fe80::1") }, "not an IPv4 address"},
		{"a long text", func(s *Service) { s.Text = []string{strings.Repeat("x", 256)} }, "256 bytes"},
		{"no host", func(s *Service) { s.Host = "" }, "1 to 63"},
		{"a host of two labels", func(s *Service) { s.Host = "mb.local" }, "only letters"},
		{"a host with a hyphen at its end", func(s *Service) { s.Host = "mb-" }, "hyphen"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := good
			tt.edit(&s)
			// A context that never ends: the error has to come by itself.
			err := Announce(context.Background(), s, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Announce: %v, want an error with %q in it", err, tt.want)
			}
		})
	}
}
