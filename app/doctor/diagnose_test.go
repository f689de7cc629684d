package doctor

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/discovery/firewall"
	"modelbeam/discovery/vicinity"
	"modelbeam/tunnel/contact"
)

var (
	noon   = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	laptop = netip.MustParseAddr("192.168.1.20")
	phone  = netip.MustParseAddr("192.168.1.31")
	tv     = netip.MustParseAddr("192.168.1.40")
	router = netip.MustParseAddr("192.168.1.1")
	office = netip.MustParseAddr("10.0.7.5")
)

// home is an ordinary home: one network with a router and a television, one server with a model, a code that was shown
// a minute ago, and nobody there.
func home() Facts {
	return Facts{
		Now: noon, Since: noon.Add(-time.Minute), Waited: true,
		Own: Own{
			Name: "laptop", ID: "c53c4db5", Announced: "Modelbeam on laptop", Local: "modelbeam-c53c.local",
			Listen: netip.MustParseAddrPort("[::]:8717"), URL: "http://192.168.1.20:8717", Code: laptop, Addresses: []netip.Addr{laptop},
		},
		Servers: []Server{{ID: "ollama", Name: "Ollama", URL: "http://127.0.0.1:11434", Online: true, Models: 2}},
		Vicinity: vicinity.Vicinity{Networks: []vicinity.Network{{
			Interface: "wlan0", Addr: laptop, Prefix: netip.MustParsePrefix("192.168.1.0/24"), Gateway: router, GatewaySeen: true, Wireless: true,
			Neighbours: []vicinity.Neighbour{{Addr: tv, Alive: true, Seen: noon.Add(-time.Hour)}},
		}}},
		Doors: []Door{{Addr: laptop, Found: Ourselves}},
	}
}

// came adds a contact of the phone, some seconds ago.
func came(f *Facts, kind contact.Kind, secondsAgo int, detail string) {
	c := contact.Contact{Kind: kind, Peer: phone, Local: laptop, Last: f.Now.Add(-time.Duration(secondsAgo) * time.Second), Count: 1, Detail: detail}
	f.Contacts = append(f.Contacts, c)
	slices.SortFunc(f.Contacts, func(a, b contact.Contact) int { return b.Last.Compare(a.Last) })
}

func found(f *Facts, w firewall.Finding) { f.Firewalls = append(f.Firewalls, w) }

func alone(f *Facts) { f.Vicinity.Networks[0].Neighbours = nil }

// second gives the laptop a second network.
func second(f *Facts) {
	f.Own.Addresses = append(f.Own.Addresses, office)
	f.Vicinity.Networks = append(f.Vicinity.Networks, vicinity.Network{
		Interface: "eth0", Addr: office, Prefix: netip.MustParsePrefix("10.0.7.0/24"), Gateway: netip.MustParseAddr("10.0.7.1"), GatewaySeen: true,
	})
}

func TestDiagnose(t *testing.T) {
	type row struct {
		name    string
		change  func(f *Facts)
		cause   Cause
		unsure  bool
		between []Cause
	}
	for _, tt := range []row{
		{name: "a phone chats", change: func(f *Facts) { came(f, contact.Page, 20, ""); came(f, contact.Served, 2, "") }, cause: Fine},
		{name: "nobody complains", change: func(f *Facts) { f.Waited = false }, cause: Fine},
		{name: "nobody complains, and there is only the demo", change: func(f *Facts) { f.Waited, f.Servers, f.Demo = false, nil, true }, cause: Fine},
		{name: "a browser tried https first", change: func(f *Facts) { came(f, contact.Secure, 9, ""); came(f, contact.Page, 8, "") }, cause: Fine},
		{name: "a mistyped code, then the right one", change: func(f *Facts) { came(f, contact.BadCode, 9, ""); came(f, contact.Paired, 5, "") }, cause: Fine},
		{name: "spare connections of a browser", change: func(f *Facts) { came(f, contact.Silent, 1, ""); came(f, contact.Served, 3, "") }, cause: Fine},
		{name: "a preflight on its way", change: func(f *Facts) { came(f, contact.Page, 9, ""); came(f, contact.Preflight, 0, "null") }, cause: Fine},
		{name: "a phone with .local unknown, and all is well", change: func(f *Facts) {
			came(f, contact.Served, 3, "")
			f.Reports = []contact.Report{{Name: contact.No, Received: f.Now}}
		}, cause: Fine},

		{name: "a stranger tries https while a phone chats, and nobody complains", change: func(f *Facts) {
			f.Waited = false
			came(f, contact.Served, 1, "")
			f.Contacts = append(f.Contacts, contact.Contact{Kind: contact.Secure, Peer: tv, Last: f.Now.Add(-5 * time.Second)})
		}, cause: Fine},
		{name: "the same, and somebody complains", change: func(f *Facts) {
			f.Shows = ShowsUnreachable
			came(f, contact.Served, 1, "")
			f.Contacts = append(f.Contacts, contact.Contact{Kind: contact.Secure, Peer: tv, Last: f.Now.Add(-5 * time.Second)})
		}, cause: HTTPSTyped},
		{name: "a connection on its way, and nobody complains", change: func(f *Facts) { f.Waited, f.Signs.HalfOpen = false, true }, cause: Fine},
		{name: "a clock, and nobody complains", change: func(f *Facts) {
			f.Waited, f.Reports = false, []contact.Report{{Ahead: time.Hour, Received: f.Now}}
		}, cause: Fine},
		{name: "paused", change: func(f *Facts) { f.Own.Paused = true }, cause: Paused},
		{name: "known", change: func(f *Facts) { f.Own.Known = &Diagnosis{Cause: NoNetwork, Sure: true} }, cause: NoNetwork},
		{name: "loopback", change: func(f *Facts) { f.Own.Listen = netip.MustParseAddrPort("127.0.0.1:8717") }, cause: OnlyThisComputer},
		{name: "another program", change: func(f *Facts) { f.Doors[0] = Door{laptop, Somebody, "404"} }, cause: OtherProgram},

		{name: "https", change: func(f *Facts) { came(f, contact.Secure, 5, "") }, cause: HTTPSTyped},
		{name: "https after the page", change: func(f *Facts) { came(f, contact.Page, 30, ""); came(f, contact.Secure, 5, "") }, cause: HTTPSTyped},
		{name: "a relay", change: func(f *Facts) { came(f, contact.Proxied, 5, "via") }, cause: PhoneProxy},
		{name: "from far away", change: func(f *Facts) { came(f, contact.Distant, 5, "") }, cause: PhoneProxy},
		{name: "another name", change: func(f *Facts) { came(f, contact.WrongHost, 5, "laptop.fritz.box") }, cause: WrongHost},
		{name: "a used code", change: func(f *Facts) { came(f, contact.Page, 9, ""); came(f, contact.UsedCode, 8, "") }, cause: CodeOld},
		{name: "an old code, and the page again", change: func(f *Facts) { came(f, contact.OldCode, 9, ""); came(f, contact.Page, 8, "") }, cause: CodeOld},
		{name: "a removed key", change: func(f *Facts) { came(f, contact.RemovedKey, 5, "") }, cause: KeyUnknown},
		{name: "a removed key, newer than a code", change: func(f *Facts) { came(f, contact.BadCode, 20, ""); came(f, contact.BadKey, 5, "") }, cause: KeyUnknown},
		{name: "a preflight alone", change: func(f *Facts) { came(f, contact.Preflight, 5, "https://chat.example") }, cause: WebAppStopped},
		{name: "origins", change: func(f *Facts) { came(f, contact.BadOrigin, 5, "https://chat.example") }, cause: WebAppStopped},
		{name: "origins, as the phone's own test has it", change: func(f *Facts) {
			f.Shows = ShowsApp
			f.Reports = []contact.Report{{Peer: phone, Obstacles: []contact.Obstacle{contact.Origins}, Received: f.Now}}
		}, cause: WebAppStopped},
		{name: "no name at all", change: func(f *Facts) { came(f, contact.WrongHost, 5, "") }, cause: WrongHost},
		{name: "clocks", change: func(f *Facts) { f.Reports = []contact.Report{{Ahead: -time.Hour, Received: f.Now}} }, cause: Clock},
		{name: "an app without permission", change: func(f *Facts) { f.Shows = ShowsApp; came(f, contact.Page, 20, "") }, cause: AppBlocked},
		{name: "an app with another model", change: func(f *Facts) {
			f.Shows = ShowsApp
			came(f, contact.Page, 20, "")
			came(f, contact.Failed, 5, "model_not_found")
		}, cause: AppSettings},
		{name: "an app that got an error of another sort", change: func(f *Facts) {
			f.Shows = ShowsApp
			came(f, contact.Page, 20, "")
			came(f, contact.Failed, 5, "pass_used_up")
		}, cause: Fine},
		{name: "the name", change: func(f *Facts) {
			f.Shows = ShowsApp
			f.Reports = []contact.Report{{Name: contact.No, Received: f.Now}}
		}, cause: NameNotFound},

		{name: "an address of another network", change: func(f *Facts) {
			alone(f)
			f.Vicinity.Networks[0].GatewaySeen = false
			f.Vicinity.Heard = []netip.Addr{netip.MustParseAddr("192.168.178.40")}
		}, cause: SelfAssigned},
		{name: "one who is heard has an address of another network", change: func(f *Facts) {
			alone(f)
			f.Vicinity.Networks[0].GatewaySeen = false
			f.Vicinity.Heard = []netip.Addr{netip.MustParseAddr("192.168.178.40"), tv}
		}, cause: Inconclusive, unsure: true, between: []Cause{Isolated, PhoneElsewhere}},
		{name: "an app with a bad key, while the page goes on asking", change: func(f *Facts) {
			f.Shows = ShowsApp
			came(f, contact.BadKey, 9, "")
			came(f, contact.Served, 2, "")
		}, cause: KeyUnknown},
		{name: "a chat that failed, while the page goes on asking", change: func(f *Facts) {
			f.Shows = ShowsPage
			came(f, contact.Failed, 9, "server_unreachable")
			came(f, contact.Served, 2, "")
		}, cause: ServerHangs},
		{name: "an app that waits", change: func(f *Facts) {
			f.Shows = ShowsApp
			came(f, contact.Paired, 9, "")
			came(f, contact.Failed, 0, contact.Waits)
		}, cause: ServerHangs},
		{name: "a person who did not wait", change: func(f *Facts) {
			f.Waited = false
			came(f, contact.Paired, 9, "")
			came(f, contact.Failed, 3, contact.LeftEarly)
		}, cause: Fine},
		{name: "a server that was there", change: func(f *Facts) {
			f.Shows, f.Servers[0].Online = ShowsApp, false
			came(f, contact.Paired, 9, "")
			came(f, contact.Failed, 3, "no_server")
		}, cause: ServerHangs},
		{name: "connections and no request", change: func(f *Facts) {
			f.Shows = ShowsNothing
			came(f, contact.Silent, 3, "")
		}, cause: PhoneProxy, unsure: true},
		{name: "connections and no request, and nobody complains", change: func(f *Facts) {
			f.Waited = false
			came(f, contact.Silent, 3, "")
		}, cause: Fine},
		{name: "nobody complains, and a phone was turned away", change: func(f *Facts) {
			f.Waited, f.Signs = false, Signs{Sought: []netip.Addr{phone}, Lost: tries}
		}, cause: Firewall},
		{name: "nobody complains, and somebody looked for this computer", change: func(f *Facts) {
			f.Waited, f.Signs = false, Signs{Sought: []netip.Addr{phone}}
		}, cause: Fine},
		{name: "a VPN that was switched on after a phone was in", change: func(f *Facts) {
			f.Shows = ShowsUnreachable
			came(f, contact.Served, 20, "")
			f.Vicinity.Networks[0].TakenBy = "wg0"
		}, cause: VPNTakesNetwork},
		{name: "a VPN that a phone gets through", change: func(f *Facts) {
			came(f, contact.Served, 20, "")
			f.Vicinity.Networks[0].TakenBy = "wg0"
		}, cause: Fine},
		{name: "a firewall that was switched on after a phone was in", change: func(f *Facts) {
			f.Shows = ShowsUnreachable
			came(f, contact.Served, 20, "")
			f.Firewalls = []firewall.Finding{{Product: firewall.Firewalld, State: firewall.Blocks}}
		}, cause: FirewallFirewalld},
		{name: "packets that are lost after a phone was in", change: func(f *Facts) {
			f.Shows = ShowsUnreachable
			came(f, contact.Served, 20, "")
			f.Signs = Signs{Known: true, Lost: tries + 1}
		}, cause: Inconclusive, unsure: true, between: []Cause{Firewall, PhoneElsewhere}},

		{name: "no server", change: func(f *Facts) { f.Servers = nil; came(f, contact.Page, 5, "") }, cause: NoServer},
		{name: "no server, and nobody complains", change: func(f *Facts) { f.Servers, f.Waited = nil, false }, cause: NoServer},
		{name: "the demo alone", change: func(f *Facts) { f.Servers, f.Demo = nil, true; came(f, contact.Page, 5, "") }, cause: Fine},
		{name: "no server, and a used code", change: func(f *Facts) { f.Servers = nil; came(f, contact.UsedCode, 5, "") }, cause: CodeOld},
		{name: "no server, and the phone on another Wi-Fi", change: func(f *Facts) { f.Servers, f.Shows = nil, ShowsNothing }, cause: PhoneElsewhere, unsure: true},
		{name: "no model", change: func(f *Facts) { f.Servers[0].Models = 0; came(f, contact.Page, 5, "") }, cause: ServerNoModel},
		{name: "locked", change: func(f *Facts) { f.Servers[0].NeedsKey = true; came(f, contact.Page, 5, "") }, cause: ServerNeedsKey},
		{name: "one locked, one not", change: func(f *Facts) {
			f.Servers = append(f.Servers, Server{ID: "vllm", Online: true, NeedsKey: true})
			came(f, contact.Served, 5, "")
		}, cause: Fine},
		{name: "silent", change: func(f *Facts) { f.Servers[0].Online = false; came(f, contact.Page, 5, "") }, cause: ServerHangs},
		{name: "a phone that gave up", change: func(f *Facts) { came(f, contact.Page, 30, ""); came(f, contact.Failed, 5, "left") }, cause: ServerHangs},
		{name: "an error", change: func(f *Facts) { came(f, contact.Failed, 5, "status-500") }, cause: ServerRefuses},
		{name: "an error, and then an answer", change: func(f *Facts) { came(f, contact.Failed, 9, "status-500"); came(f, contact.Served, 5, "") }, cause: Fine},

		{name: "a VPN", change: func(f *Facts) { f.Vicinity.Networks[0].TakenBy = "tun0" }, cause: VPNTakesNetwork},
		{name: "a VPN, and phones come", change: func(f *Facts) { f.Vicinity.Networks[0].TakenBy = "tun0"; came(f, contact.Served, 5, "") }, cause: Fine},
		{name: "a Block rule", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.Windows, State: firewall.Blocks, Reason: firewall.BlockRule})
		}, cause: FirewallRule},
		{name: "no rule", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.Windows, State: firewall.Blocks, Reason: firewall.NoRule})
		}, cause: FirewallNoRule},
		{name: "a public network", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.Windows, State: firewall.Blocks, Reason: firewall.PublicNetwork})
		}, cause: FirewallPublic},
		{name: "a Block rule, and phones come", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.Windows, State: firewall.Blocks, Reason: firewall.BlockRule})
			came(f, contact.Served, 5, "")
		}, cause: Fine},
		{name: "macOS blocks", change: func(f *Facts) { found(f, firewall.Finding{Product: firewall.MacOS, State: firewall.Blocks}) }, cause: FirewallMacOS},
		{name: "firewalld, not in the zone", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.Firewalld, State: firewall.Blocks, Reason: firewall.NotInZone})
		}, cause: FirewallFirewalld},
		{name: "ufw, and a phone was turned away", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.UFW, State: firewall.MayBlock})
			f.Signs = Signs{Sought: []netip.Addr{phone}, Lost: 2}
		}, cause: FirewallUFW},
		{name: "ufw, and no phone was here", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.UFW, State: firewall.MayBlock})
			f.Shows = ShowsNothing
		}, cause: PhoneElsewhere, unsure: true},
		{name: "ufw off, and a phone was turned away", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.UFW, State: firewall.Off})
			f.Signs = Signs{Sought: []netip.Addr{phone}, Lost: 2}
		}, cause: Firewall},
		{name: "refusals", change: func(f *Facts) { f.Signs.Refused = true }, cause: Firewall},
		{name: "packets that are lost", change: func(f *Facts) { f.Signs.Known, f.Signs.Lost = true, 9 }, cause: Inconclusive, unsure: true, between: []Cause{Firewall, Isolated}},
		{name: "ufw on a system that tells nothing", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.MacOS, State: firewall.MayBlock})
			f.Signs.Blind = true
		}, cause: Inconclusive, unsure: true, between: []Cause{FirewallMacOS, Isolated}},
		{name: "packets that are lost, of nobody who is known", change: func(f *Facts) { f.Own.Familiar, f.Signs.Lost = true, 99 }, cause: PhoneElsewhere},
		{name: "answers that do not leave", change: func(f *Facts) { f.Signs.HalfOpen = true }, cause: Firewall},
		{name: "a question, and nothing after it", change: func(f *Facts) { f.Signs = Signs{Sought: []netip.Addr{phone}} }, cause: Inconclusive, unsure: true, between: []Cause{Firewall, Isolated}},
		{name: "a question, nothing after it, and ufw", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.UFW, State: firewall.MayBlock})
			f.Signs = Signs{Sought: []netip.Addr{phone}}
		}, cause: FirewallUFW},
		{name: "a question, where nobody counts", change: func(f *Facts) { f.Signs = Signs{Sought: []netip.Addr{phone}, Uncounted: true} }, cause: Firewall},
		{name: "one phone without names, and another that is turned away", change: func(f *Facts) {
			f.Shows, f.Signs = ShowsUnreachable, Signs{Sought: []netip.Addr{tv}, Lost: tries}
			f.Reports = []contact.Report{{Name: contact.No, Peer: phone, Received: f.Now}}
		}, cause: Firewall},
		{name: "a VPN that answers would leave by", change: func(f *Facts) { f.Signs.Misrouted, f.Vicinity.VPN = true, "wg0" }, cause: VPNTakesNetwork},
		{name: "a VPN that lets nothing else out", change: func(f *Facts) { f.Signs.HalfOpen, f.Vicinity.VPN = true, "wg0" }, cause: VPNTakesNetwork},
		{name: "containers with the same addresses", change: func(f *Facts) {
			f.Vicinity.Networks[0].TakenBy, f.Vicinity.Networks[0].Overlaps = "docker0", true
		}, cause: VPNTakesNetwork},
		{name: "a route that forbids it", change: func(f *Facts) { f.Vicinity.Networks[0].Unreachable = true }, cause: VPNTakesNetwork},

		{name: "a page that goes on loading", change: func(f *Facts) { f.Shows = ShowsNothing }, cause: PhoneElsewhere, unsure: true},
		{name: "a television is no phone", change: func(f *Facts) { f.Vicinity.Heard = []netip.Addr{tv} }, cause: Inconclusive, unsure: true, between: []Cause{Isolated, PhoneElsewhere}},
		{name: "phones came in by this network some day", change: func(f *Facts) { f.Own.Familiar = true }, cause: PhoneElsewhere},
		{name: "renumbered since the code was shown", change: func(f *Facts) { f.CodeBefore = netip.MustParseAddr("192.168.1.77") }, cause: CodeOld},
		{name: "renumbered, and phones come", change: func(f *Facts) { f.CodeBefore = netip.MustParseAddr("192.168.1.77"); came(f, contact.Served, 5, "") }, cause: Fine},
		{name: "nobody at all", change: alone, cause: Inconclusive, unsure: true, between: []Cause{Isolated, PhoneElsewhere}},
		{name: "nobody at all, and phones came before", change: func(f *Facts) {
			alone(f)
			f.Earlier = []contact.Contact{{Kind: contact.Served, Peer: phone, Last: f.Since.Add(-time.Hour)}}
		}, cause: PhoneElsewhere},
		{name: "heard and not reached", change: func(f *Facts) {
			f.Vicinity.Networks[0].Neighbours = []vicinity.Neighbour{{Addr: tv, Failed: true}}
			f.Vicinity.Heard = []netip.Addr{tv}
		}, cause: Isolated},
		{name: "another phone chats while this one cannot", change: func(f *Facts) { f.Shows = ShowsUnreachable; came(f, contact.Served, 5, "") }, cause: PhoneElsewhere},
		{name: "two networks", change: second, cause: TwoNetworks, unsure: true},
		{name: "two networks, and the phone looks for us on the other", change: func(f *Facts) {
			second(f)
			f.Signs.Sought = []netip.Addr{netip.MustParseAddr("10.0.7.99")}
		}, cause: TwoNetworks},
		{name: "two networks, and phones come", change: func(f *Facts) { second(f); came(f, contact.Served, 5, "") }, cause: Fine},
		{name: "two networks, and a Mac that keeps us off both", change: func(f *Facts) {
			second(f)
			f.Vicinity.MulticastError = "write udp4: no route to host"
		}, cause: Inconclusive, unsure: true, between: []Cause{TwoNetworks, LocalNetworkDenied}},
		{name: "a Mac whose firewall is on, and that keeps us off its network", change: func(f *Facts) {
			found(f, firewall.Finding{Product: firewall.MacOS, State: firewall.MayBlock})
			f.Signs.Blind = true
			f.Vicinity.MulticastError = "write udp4: no route to host"
		}, cause: Inconclusive, unsure: true, between: []Cause{FirewallMacOS, LocalNetworkDenied}},
		{name: "a sign-in page", change: func(f *Facts) { f.Shows = ShowsPage }, cause: OtherPage},
		{name: "a twin", change: func(f *Facts) {
			f.Vicinity.Others = []vicinity.Instance{{Name: "Modelbeam on laptop (2)", ID: "99999999", Addr: tv}}
		}, cause: SameName},
		{name: "ourselves on two interfaces", change: func(f *Facts) {
			f.Vicinity.Others = []vicinity.Instance{{Name: "Modelbeam on laptop", ID: "c53c4db5", Addr: tv}}
			f.Own.Familiar = true
		}, cause: PhoneElsewhere},
		{name: "asleep", change: func(f *Facts) { f.Slept = f.Now }, cause: Slept},
		{name: "asleep, and phones come", change: func(f *Facts) { f.Slept = f.Now; came(f, contact.Served, 5, "") }, cause: Fine},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := home()
			tt.change(&f)
			d := Diagnose(f)
			if d.Cause != tt.cause || d.Sure == tt.unsure || !slices.Equal(d.Between, tt.between) {
				t.Errorf("%s, sure: %t, between %v; want %s, sure: %t, between %v\n%s", d.Cause, d.Sure, d.Between, tt.cause, !tt.unsure, tt.between, d.Report)
			}
			if d.Cause == Inconclusive && d.Question == "" {
				t.Error("no question decides")
			}
			for _, text := range []string{d.Plain().Title, d.Plain().Advice, d.Plain().Question} {
				if strings.Contains(text, "{{") || strings.Contains(text, " . ") || strings.Contains(text, phone.String()) {
					t.Errorf("not filled in: %s", text)
				}
			}
		})
	}
}

// TestNetworkIsNamed where its name is known: a person compares it with what the phone shows.
func TestNetworkIsNamed(t *testing.T) {
	f := home()
	f.Shows, f.Vicinity.Networks[0].Name = ShowsNothing, "HomeNet"
	if d := Diagnose(f).Plain(); !strings.Contains(d.Advice, "Connect it to HomeNet,") {
		t.Errorf("the advice is %q", d.Advice)
	}
}
