package reach

import (
	"log/slog"
	"net/netip"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"modelbeam/app/settings"
	"modelbeam/app/store"
	"modelbeam/discovery/lan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func on(ifc, prefix string) lan.Candidate {
	p := netip.MustParsePrefix(prefix)
	return lan.Candidate{Addr: p.Addr(), Prefix: p, Interface: ifc}
}

func survey(candidates ...lan.Candidate) lan.Survey { return lan.Survey{Candidates: candidates} }

// newReach is a Reach in a folder of its own; told counts how often it said that it has changed.
func newReach(t *testing.T, o Options) (r *Reach, told *int) {
	t.Helper()
	s, err := settings.Open(t.TempDir(), store.Save)
	if err != nil {
		t.Fatal(err)
	}
	o.ID, told = "0badcafe", new(int)
	return New(o, s, func() { *told++ }, slog.New(slog.DiscardHandler)), told
}

// TestChoiceBelongsToAPlace: what the person chose is found again under another address of the same network, and does not
// stick where the computer is taken to.
func TestChoiceBelongsToAPlace(t *testing.T) {
	wlan, wire := on("wlan0", "192.168.7.20/24"), on("eth0", "10.10.0.5/24")
	docker, tailscale := on("docker0", "172.17.0.1/16"), on("tailscale0", "100.101.102.103/32")
	office := on("wlan0", "172.30.5.5/22")
	pick := func(i int, candidates ...lan.Candidate) settings.Choice { return choiceOf(candidates, i) }
	for _, tt := range []struct {
		name       string
		choice     settings.Choice
		candidates []lan.Candidate
		want       int
	}{
		{"the address", pick(1, wire, wlan), []lan.Candidate{wire, wlan}, 1},
		{"renumbered", pick(1, wire, wlan), []lan.Candidate{wire, on("wlan0", "192.168.7.77/24")}, 1},
		{"both are renumbered", pick(1, wire, wlan), []lan.Candidate{on("eth0", "10.10.0.9/24"), on("wlan0", "192.168.7.77/24")}, 1},
		{"in another order", pick(1, wire, wlan), []lan.Candidate{wlan, wire}, 0},
		{"two on it", pick(1, wire, wlan), []lan.Candidate{wire, on("wlan0", "10.0.0.9/24"), on("wlan0", "192.168.7.77/24")}, 2},
		{"the address by another interface", pick(1, wire, wlan), []lan.Candidate{wire, on("eth1", "192.168.7.20/24")}, 1},
		{"another network by the same interface", pick(1, wire, wlan), []lan.Candidate{wire, on("wlan0", "192.168.178.31/24")}, -1},
		{"its interface is gone", pick(1, wire, wlan), []lan.Candidate{wire}, -1},
		{"the best one is chosen, and a cable comes", pick(0, wlan), []lan.Candidate{wire, wlan}, 1},
		{"the cable is out", pick(1, wire, wlan), []lan.Candidate{wlan, docker}, -1},
		{"a VPN's at home", pick(1, wlan, tailscale), []lan.Candidate{on("wlan0", "192.168.7.99/24"), tailscale}, 1},
		{"a VPN's at the office", pick(1, wlan, tailscale), []lan.Candidate{office, tailscale}, -1},
		{"Docker's at home", pick(1, wlan, docker), []lan.Candidate{wlan, docker}, 1},
		{"Docker's at the office", pick(1, wlan, docker), []lan.Candidate{office, docker}, -1},
		{"Docker's, and no network", pick(1, wlan, docker), []lan.Candidate{docker}, -1},
		{"an address alone", settings.Choice{Address: "10.10.0.5"}, []lan.Candidate{wlan, wire}, 1},
		{"from before places", settings.Choice{Address: "172.17.0.1", Interface: "docker0", Network: "172.17.0.0/16"}, []lan.Candidate{wlan, docker}, 1},
		{"nothing chosen", settings.Choice{}, []lan.Candidate{wire}, -1},
		{"nothing there", pick(0, wlan), nil, -1},
	} {
		if got := chosen(tt.candidates, tt.choice); got != tt.want {
			t.Errorf("%s: candidate %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestChoiceComesBack: what was chosen at home is not forgotten at the office.
func TestChoiceComesBack(t *testing.T) {
	r, _ := newReach(t, Options{})
	home, office, docker := on("wlan0", "192.168.7.20/24"), on("wlan0", "172.30.5.5/22"), on("docker0", "172.17.0.1/16")
	r.Surveyed(survey(home, docker))
	r.Use("172.17.0.1")
	for _, step := range []struct {
		at   lan.Candidate
		want string
	}{{home, "172.17.0.1"}, {office, "172.30.5.5"}, {on("wlan0", "192.168.7.21/24"), "172.17.0.1"}} {
		r.Surveyed(survey(step.at, docker))
		for _, a := range r.View().Addresses {
			if a.Chosen != (a.IP == step.want) {
				t.Errorf("at %s: %s is in the code %v", step.at.Prefix, a.IP, a.Chosen)
			}
		}
	}
}

// TestChoiceIsLearned: settings that hold an address alone, as they once did, learn its interface.
func TestChoiceIsLearned(t *testing.T) {
	r, _ := newReach(t, Options{})
	r.settings.Change(func(s *settings.Settings) { s.Address = "192.168.7.20" })
	wire := on("eth0", "10.10.0.5/24")
	r.Surveyed(survey(wire, on("wlan0", "192.168.7.20/24")))
	r.Surveyed(survey(wire))
	r.Surveyed(survey(wire, on("wlan0", "192.168.7.77/24")))
	if got := r.View().Addresses; len(got) != 2 || !got[1].Chosen || r.settings.Get().Address != "192.168.7.77" {
		t.Errorf("the addresses are %+v, remembered is %+v", got, r.settings.Get().Choice)
	}
}

// TestUse: the person's choice comes first in the QR code, and nothing chosen is the best.
func TestUse(t *testing.T) {
	r, told := newReach(t, Options{})
	r.Opened("[::]:8717")
	r.Surveyed(survey(on("eth0", "10.10.0.5/24"), on("wlan0", "192.168.7.20/24")))
	before := *told
	r.Use("192.168.7.20")
	want := settings.Choice{Address: "192.168.7.20", Interface: "wlan0", Network: "192.168.7.0/24", Place: "10.10.0.0/24"}
	if got := r.settings.Get().Choice; got != want || *told == before {
		t.Errorf("chosen is %+v, want %+v", got, want)
	}
	if got := r.View().URLs; !slices.Equal(got, []string{"http://192.168.7.20:8717", "http://10.10.0.5:8717"}) {
		t.Errorf("urls %q", got)
	}
	r.Use("")
	if got := r.View().URLs[0]; got != "http://10.10.0.5:8717" {
		t.Errorf("the best is %q", got)
	}
}

// TestURLsWithoutDoubles advertises an address that is found too.
func TestURLsWithoutDoubles(t *testing.T) {
	r, _ := newReach(t, Options{Advertise: "192.168.7.20", Announce: true})
	r.Opened("[::]:8717")
	r.Surveyed(survey(on("eth0", "10.10.0.5/24"), on("wlan0", "192.168.7.20/24")))
	v := r.View()
	if want := []string{"http://192.168.7.20:8717", "http://10.10.0.5:8717"}; !slices.Equal(v.URLs, want) {
		t.Errorf("urls %q, want %q", v.URLs, want)
	}
	if got := r.wanted(v).Interface; got != "wlan0" {
		t.Errorf("announced on %q, want the interface of the address in the code", got)
	}
}

// TestAnnounced: what is announced, and when nothing is.
func TestAnnounced(t *testing.T) {
	home := survey(on("wlan0", "192.168.7.20/24"))
	for _, tt := range []struct {
		name   string
		opts   Options
		listen string
		paused bool
		survey lan.Survey
		want   string // the address that stays
	}{
		{"at home", Options{Announce: true}, "[::]:8717", false, home, "http://modelbeam-0bad.local:8717"},
		{"at a port of its own", Options{Announce: true}, "0.0.0.0:9000", false, home, "http://modelbeam-0bad.local:9000"},
		{"not wanted", Options{}, "[::]:8717", false, home, ""},
		{"not open", Options{Announce: true}, "", false, home, ""},
		{"paused", Options{Announce: true}, "[::]:8717", true, home, ""},
		{"no network", Options{Announce: true}, "[::]:8717", false, lan.Survey{}, ""},
		{"on loopback", Options{Announce: true}, "127.0.0.1:8717", false, home, ""},
	} {
		r, _ := newReach(t, tt.opts)
		r.Opened(tt.listen)
		r.SetPaused(tt.paused)
		r.Surveyed(tt.survey)
		if got := r.LocalURL(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestAddressIsGone listens on one address that this machine does not have.
func TestAddressIsGone(t *testing.T) {
	r, _ := newReach(t, Options{})
	r.Opened("192.0.2.77:8717")
	if v := r.View(); v.Gone != "" || !v.Reachable() {
		t.Errorf("before anybody has looked: %+v", v)
	}
	r.Surveyed(survey(on("wlan0", "192.168.7.77/24")))
	if v := r.View(); v.Gone != "192.0.2.77" || v.Newest() != "192.168.7.77" || v.Reachable() || len(v.URLs) != 0 {
		t.Errorf("gone: %+v", v)
	}
	r.Opened("127.0.0.1:8717")
	if v := r.View(); v.Gone != "" || !slices.Equal(v.URLs, []string{"http://127.0.0.1:8717"}) {
		t.Errorf("back: %+v", v)
	}
}

// TestLost: an address is lost only to phones that we could give another one.
func TestLost(t *testing.T) {
	home := on("wlan0", "192.168.7.20/24")
	for _, tt := range []struct {
		name, advertise, address string
		survey                   lan.Survey
		want                     string
	}{
		{"had and gone", "", "192.168.7.9", survey(home), "192.168.7.9"},
		{"still ours", "", "192.168.7.20", survey(home), ""},
		{"not known", "", "", survey(home), ""},
		{"no network", "", "192.168.7.9", lan.Survey{}, ""},
		{"phones use another name", "laptop.example", "192.168.7.9", survey(home), ""},
	} {
		r, _ := newReach(t, Options{Advertise: tt.advertise})
		r.Opened("[::]:8717")
		r.Surveyed(tt.survey)
		if got := r.View().Lost(tt.address); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestMoved: what replaces a lost address, and when the person is told.
func TestMoved(t *testing.T) {
	r, _ := newReach(t, Options{})
	r.Opened("[::]:8717")
	r.Surveyed(survey(on("wlan0", "192.168.7.20/24")))
	r.Surveyed(survey(on("wlan0", "192.168.7.31/24")))
	for lost, want := range map[string]string{
		"192.168.7.20": "192.168.7.31", // we have just had it
		"192.168.7.9":  "192.168.7.31", // of this network, before a restart
		"10.1.2.3":     "",             // of another network: those phones are not here
		"no address":   "",
	} {
		if got := r.View().Moved(lost); got != want {
			t.Errorf("%s: %q, want %q", lost, got, want)
		}
	}
	r.DismissMove()
	if got := r.View().Moved("192.168.7.20"); got != "" {
		t.Errorf("the person knows, and is told of %q", got)
	}
	r.Surveyed(survey(on("wlan0", "192.168.7.32/24")))
	if got := r.View().Moved("192.168.7.20"); got != "192.168.7.32" {
		t.Errorf("a third address: %q", got)
	}
}

func TestHostNames(t *testing.T) {
	r, _ := newReach(t, Options{Advertise: "laptop.example:80"})
	got := r.HostNames()
	for _, want := range []string{"modelbeam-0bad.local", "laptop.example"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
}

func TestBy(t *testing.T) {
	for local, want := range map[string]string{
		"192.168.7.20": "192.168.7.20", "::ffff:192.168.7.20": "192.168.7.20",
		"127.0.0.1": "", "::1": "", "fe80::1": "",
	} {
		if got := By(netip.MustParseAddr(local)); got != want {
			t.Errorf("%s: %q, want %q", local, got, want)
		}
	}
	if got := By(netip.Addr{}); got != "" {
		t.Errorf("no address: %q", got)
	}
}
