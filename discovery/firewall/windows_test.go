package firewall

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// onWindows is our program there.
var onWindows = Program{
	Path: `C:\Users\Zoë Müller\AppData\Local\Programs\Modelbeam\beam.exe`, Port: 8717, Interface: "Wi-Fi",
	Addr: netip.MustParseAddr("192.168.1.20"),
}

// expandHere knows two variables.
func expandHere(path string) string {
	return strings.NewReplacer("%LocalAppData%", `C:\Users\Zoë Müller\AppData\Local`, "%localappdata%", `C:\Users\Zoë Müller\AppData\Local`).Replace(path)
}

const (
	allow  = `v2.30|Action=Allow|Active=TRUE|Dir=In|Profile=Domain|Profile=Private|App=C:\Users\Zoë Müller\AppData\Local\Programs\Modelbeam\beam.exe|Name=Modelbeam|`
	cancel = `v2.30|Action=Block|Active=TRUE|Dir=In|Protocol=6|Profile=Public|App=C:\users\zoë müller\appdata\local\programs\modelbeam\beam.exe|Name=beam|Desc=beam|Defer=User|`
)

// on is a firewall as Windows comes with it: on everywhere.
var on = map[category]windowsProfile{private: {on: true}, public: {on: true}, domain: {on: true}}

func TestWindowsFinding(t *testing.T) {
	with := func(c category, p windowsProfile) map[category]windowsProfile {
		all := maps.Clone(on)
		all[c] = p
		return all
	}
	for _, tt := range []struct {
		name     string
		profiles map[category]windowsProfile
		at       category
		own      []string
		group    []string
		state    State
		reason   Reason
	}{
		{"nothing about us", on, private, nil, nil, Blocks, NoRule},
		{"setup's rule", on, private, []string{allow}, nil, Allows, ""},
		{"in a domain", on, domain, []string{allow}, nil, Allows, ""},
		{"a public network", on, public, []string{allow}, nil, Blocks, PublicNetwork},
		{"cancelled in a public network", on, public, []string{allow, cancel}, nil, Blocks, BlockRule},
		{"cancelled elsewhere", on, private, []string{allow, cancel}, nil, Allows, ""},
		{"blocked everywhere", on, private, []string{strings.Replace(cancel, "Profile=Public|", "", 1), allow}, nil, Blocks, BlockRule},
		{"blocked, and switched off", on, private, []string{allow, strings.NewReplacer("Profile=Public|", "", "TRUE", "FALSE").Replace(cancel)}, nil, Allows, ""},
		{"only UDP is blocked", on, private, []string{allow, strings.NewReplacer("Profile=Public|", "", "=6|", "=17|").Replace(cancel)}, nil, Allows, ""},
		{"what leaves is blocked", on, private, []string{allow, strings.NewReplacer("Profile=Public|", "", "Dir=In", "Dir=Out").Replace(cancel)}, nil, Allows, ""},
		{"another program", on, private, []string{strings.Replace(allow, "beam.exe", "other.exe", 1)}, nil, Blocks, NoRule},
		{"letters' case", on, private, []string{strings.ToLower(allow)}, nil, Allows, ""},
		{"a variable", on, private, []string{`v2.30|Action=Allow|Active=TRUE|Dir=In|App=%LocalAppData%\Programs\Modelbeam\beam.exe|`}, nil, Allows, ""},
		{"our port", on, private, []string{`v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|LPort=8717|`}, nil, Allows, ""},
		{"another port", on, private, []string{`v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=8718|`}, nil, Blocks, NoRule},
		{"a range of ports", on, private, []string{`v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort2_10=8000-9000|`, allow}, nil, Blocks, BlockRule},
		{"ports of Windows'", on, private, []string{`v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=RPC|`, allow}, nil, Allows, ""},
		{"everything", on, private, []string{`v2.10|Action=Allow|Active=TRUE|Dir=In|`}, nil, Allows, ""},
		{"a service of Windows'", on, private, []string{`v2.10|Action=Allow|Active=TRUE|Dir=In|Svc=Dhcp|`}, nil, Blocks, NoRule},
		{"an app of the store", on, private, []string{`v2.30|Action=Block|Active=TRUE|Dir=In|AppPkgId=S-1-15-2-1|`, allow}, nil, Allows, ""},
		{"who is near", on, private, []string{allow[:len(allow)-1] + `|RA4=LocalSubnet|RA6=LocalSubnet|`}, nil, Allows, ""},
		{"our network", on, private, []string{allow + `RA4=192.168.0.0/255.255.0.0|`}, nil, Allows, ""},
		{"a range of addresses", on, private, []string{allow + `RA4=192.168.1.1-192.168.1.99|`}, nil, Allows, ""},
		{"another network", on, private, []string{allow + `RA4=10.0.0.0/8|`}, nil, Blocks, NoRule},
		{"off", with(private, windowsProfile{}), private, []string{cancel}, nil, Off, ""},
		{"off elsewhere", with(public, windowsProfile{}), private, nil, nil, Blocks, NoRule},
		{"all are kept out", with(private, windowsProfile{on: true, shielded: true}), private, []string{allow}, nil, Blocks, BlocksAll},
		{"open by itself", with(private, windowsProfile{on: true, open: true}), private, nil, nil, Allows, ""},
		{"open, and blocked", with(private, windowsProfile{on: true, open: true}), private, []string{strings.Replace(cancel, "Public", "Private", 1)}, nil, Blocks, BlockRule},
		{"an administrator's rule", on, private, nil, []string{allow}, Allows, ""},
		{"an administrator's block", on, private, []string{allow}, []string{strings.Replace(cancel, "Public", "Private", 1)}, Blocks, BlockRule},
		{"only administrators' count", with(private, windowsProfile{on: true, groupOnly: true}), private, []string{allow}, nil, Blocks, NoRule},
		{"category not known, allowed in some", on, "", []string{allow}, nil, MayBlock, PublicNetwork},
		{"category not known, in none", on, "", nil, nil, Blocks, NoRule},
		{"category not known, in all", on, "", []string{`v2.30|Action=Allow|Active=TRUE|Dir=In|`}, nil, Allows, ""},
		{"garbage", on, private, []string{"", "|||", "v2.30", "=|=|", "Action", "Active=TRUE|Dir=In|LPort=|RA4=|App=|"}, nil, Blocks, NoRule},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := windowsPolicy{expand: expandHere, profiles: tt.profiles, own: parseAll(tt.own), group: parseAll(tt.group)}
			f := w.finding(tt.at, onWindows)
			if f.State != tt.state || f.Reason != tt.reason {
				t.Errorf("%v %q, want %v %q: %s", f.State, f.Reason, tt.state, tt.reason, f.Detail)
			}
			if (f.State == Blocks || f.State == MayBlock) != f.Elevate {
				t.Errorf("fix %q, elevated %v", f.Fix, f.Elevate)
			}
		})
	}
}

func parseAll(texts []string) (all []windowsRule) {
	for _, text := range texts {
		all = append(all, parseWindowsRule(text))
	}
	return all
}

func TestProfileOf(t *testing.T) {
	for _, tt := range []struct {
		group, own map[string]uint64
		want       windowsProfile
	}{
		{nil, nil, windowsProfile{on: true}},
		{nil, map[string]uint64{"EnableFirewall": 0}, windowsProfile{}},
		{map[string]uint64{"EnableFirewall": 1}, map[string]uint64{"EnableFirewall": 0}, windowsProfile{on: true}},
		{nil, map[string]uint64{"EnableFirewall": 1, "DoNotAllowExceptions": 1}, windowsProfile{on: true, shielded: true}},
		{nil, map[string]uint64{"DefaultInboundAction": 0}, windowsProfile{on: true, open: true}},
		{map[string]uint64{"AllowLocalPolicyMerge": 0}, map[string]uint64{"DefaultInboundAction": 1}, windowsProfile{on: true, groupOnly: true}},
	} {
		if got := profileOf(tt.group, tt.own); got != tt.want {
			t.Errorf("%v over %v: %+v, want %+v", tt.group, tt.own, got, tt.want)
		}
	}
}

// TestWindowsFix holds the words that setup uses too, and that no path turns into another command.
func TestWindowsFix(t *testing.T) {
	w := windowsPolicy{system: `C:\Windows\System32`}
	p := Program{Path: `C:\Programs\Modelbeam\beam.exe`, Interface: "Anna's Wi-Fi"}
	rules := []string{
		`C:\Windows\System32\cmd.exe`, "/c", `C:\Windows\System32\netsh.exe advfirewall firewall delete rule name=all program="C:\Programs\Modelbeam\beam.exe"` +
			` & C:\Windows\System32\netsh.exe advfirewall firewall add rule name="Modelbeam" dir=in action=allow enable=yes profile=private,domain program="C:\Programs\Modelbeam\beam.exe"`,
	}
	for why, want := range map[Reason][]string{
		BlockRule:     rules,
		NoRule:        rules,
		PublicNetwork: {`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "-NoProfile", "-Command", "Set-NetConnectionProfile -InterfaceAlias 'Anna''s Wi-Fi' -NetworkCategory Private"},
		BlocksAll:     nil,
	} {
		if got := w.fix(why, p); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", why, got, want)
		}
	}
	for _, path := range []string{"", `C:\a" & calc & "`, `C:\%PATH%\beam.exe`} {
		if got := w.fix(NoRule, Program{Path: path}); got != nil {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestCurrentNetwork(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	list := []savedNetwork{
		{"office", domain, "00:11:22:33:44:55", day(3)},
		{"home", private, "66:77:88:99:aa:bb", day(1)},
		{"café", public, "", day(2)},
	}
	for mac, want := range map[string]string{"66:77:88:99:AA:BB": "home", "": "office", "cc:cc:cc:cc:cc:cc": "office"} {
		if got := current(list, mac); got.name != want {
			t.Errorf("behind %q: %q, want %q", mac, got.name, want)
		}
	}
	if got := current(nil, "66:77:88:99:aa:bb"); got.category != "" {
		t.Errorf("of no networks: %+v", got)
	}
}

func TestSystemTime(t *testing.T) {
	// 2023-10-05 (a Thursday) 18:07:42.250, as the registry has it.
	b := []byte{0xe7, 0x07, 0x0a, 0x00, 0x04, 0x00, 0x05, 0x00, 0x12, 0x00, 0x07, 0x00, 0x2a, 0x00, 0xfa, 0x00}
	if got := systemTime(b).Format("2006-01-02 15:04:05.000"); got != "2023-10-05 18:07:42.250" {
		t.Error(got)
	}
	if got := systemTime(b[:8]); !got.IsZero() {
		t.Errorf("of half a time: %v", got)
	}
}
