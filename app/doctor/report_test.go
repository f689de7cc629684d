package doctor

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"modelbeam/discovery/vicinity"
	"modelbeam/tunnel/contact"
)

// TestReportHasNoSecrets of those that could be in the facts.
func TestReportHasNoSecrets(t *testing.T) {
	f := home()
	f.Vicinity.Networks[0].Name = "Anna's Wi-Fi"
	f.Vicinity.Networks[0].Neighbours[0].MAC = "02:00:5e:10:00:01"
	public := netip.MustParseAddr("203.0.113.9")
	f.Contacts = []contact.Contact{{Kind: contact.Distant, Peer: public, Last: f.Now}}
	f.Reports = []contact.Report{{Peer: phone, Tries: []contact.Try{{URL: "http://annas-macbook.local:8717"}, {URL: "http://203.0.113.9"}}}}
	f.Contacts = append(f.Contacts, contact.Contact{Kind: contact.WrongHost, Peer: phone, Last: f.Now, Detail: "annas-macbook.fritz.box:8717"})
	wantNoSecrets(t, Diagnose(f), "Anna", "annas", "02:00:5e", public.String(), f.Own.Name)
}

// TestProofsHaveNoPublicAddresses: some networks, as those of universities, give out addresses that the internet knows.
func TestProofsHaveNoPublicAddresses(t *testing.T) {
	public, other, guest := netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("203.0.113.40"), netip.MustParseAddr("198.51.100.7")
	for cause, change := range map[Cause]func(f *Facts){
		OtherProgram:    func(f *Facts) { f.Doors = []Door{{Addr: public, Found: Somebody}} },
		CodeOld:         func(f *Facts) { f.CodeBefore = other },
		VPNTakesNetwork: func(f *Facts) { f.Vicinity.Networks[0].TakenBy = "tun0" },
		Firewall:        func(f *Facts) { f.Signs.Sought, f.Signs.Uncounted = []netip.Addr{other}, true },
		WrongHost:       func(f *Facts) { came(f, contact.WrongHost, 5, "203.0.113.40:8717") },
		SameName:        func(f *Facts) { f.Vicinity.Others = []vicinity.Instance{{Name: f.Own.Announced, ID: "9", Addr: other}} },
		TwoNetworks: func(f *Facts) {
			second(f)
			f.Own.Addresses[1], f.Vicinity.Networks[1].Addr = guest, guest
			f.Vicinity.Networks[1].Prefix = netip.MustParsePrefix("198.51.100.0/24")
		},
		Isolated: func(f *Facts) {
			f.Vicinity.Networks[0].Neighbours = []vicinity.Neighbour{{Addr: other, Failed: true}}
			f.Vicinity.Heard = []netip.Addr{other}
		},
	} {
		f := home()
		f.Own.Code, f.Own.Addresses, f.Own.Listen = public, []netip.Addr{public}, netip.AddrPortFrom(public, 8717)
		f.Vicinity.Networks[0].Addr, f.Vicinity.Networks[0].Prefix = public, netip.MustParsePrefix("203.0.113.0/24")
		change(&f)
		d := Diagnose(f)
		if d.Cause != cause {
			t.Errorf("%s, want %s", d.Cause, cause)
		}
		wantNoSecrets(t, d, "203.0.113.", "198.51.100.")
	}
}

func wantNoSecrets(t *testing.T, d Diagnosis, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(d.Report, secret) || strings.Contains(strings.Join(d.Proof, ""), secret) {
			t.Errorf("the report has %q:\n%s", secret, d.Report)
		}
	}
}

// TestReportHasWhatPhonesFound, and when, by whom and where.
func TestReportHasWhatPhonesFound(t *testing.T) {
	f := home()
	f.Reports = []contact.Report{{
		Peer: phone, Made: f.Now.Add(-2 * time.Second), Occasion: contact.Test, Network: "wifi", Obstacles: []contact.Obstacle{contact.Key},
		Tries: []contact.Try{{URL: "http://192.168.1.20:8717", Outcome: contact.Mute, Took: 5 * time.Second}},
	}}
	got := Diagnose(f).Report
	for _, want := range []string{"192.168.1.31 made a report (test) 2s ago", `network "wifi"`, "in the way [key]", "192.168.1.20: mute after 5s"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestReportIsShort, of a computer with many addresses in a network with many machines.
func TestReportIsShort(t *testing.T) {
	f := home()
	a := tv
	for range 3000 {
		a = a.Next()
		f.Vicinity.Networks[0].Neighbours = append(f.Vicinity.Networks[0].Neighbours, vicinity.Neighbour{Addr: a})
	}
	for range 200 {
		f.Vicinity.Networks = append(f.Vicinity.Networks, f.Vicinity.Networks[0])
	}
	if got := Diagnose(f).Report; len(got) > 16<<10 || !strings.Contains(got, "2951 more") {
		t.Errorf("%d bytes:\n%.5000s", len(got), got)
	}
}
