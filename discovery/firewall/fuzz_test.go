package firewall

import (
	"strings"
	"testing"
)

// FuzzWindowsRule reads whatever stands in the registry. What lets us in says that it allows something.
func FuzzWindowsRule(f *testing.F) {
	for _, text := range []string{allow, cancel, "v2.30|Action=Allow|Active=TRUE|Dir=In|LPort2_10=1-2|RA4=10.0.0.0/255.0.0.0|LA4=1.1.1.1-2.2.2.2|", "|=|==|"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := windowsPolicy{expand: expandHere, profiles: on, own: parseAll([]string{text})}
		found := w.finding(private, onWindows)
		if found.State == Allows && !strings.Contains(strings.ToLower(text), "allow") {
			t.Errorf("%q lets us in", text)
		}
	})
}

// FuzzFiles reads what ufw and firewalld may have been told.
func FuzzFiles(f *testing.F) {
	f.Add("### tuple ### allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in\n", `rule port port="8717" protocol="tcp" accept`)
	f.Add("### tuple ### allow tcp 1:2:3 x/y any z in_!_\n", `rule source address="x`)
	f.Fuzz(func(t *testing.T, rules, rich string) {
		if state, _ := judgeUFW("DROP", parseUFWRules(rules), true, onLinux); state != Blocks && state != Allows {
			t.Errorf("ufw: %v", state)
		}
		z := zone{readable: true, name: rules, rules: []string{rich}, ports: [][]string{{rules, rich}}}
		judgeZone(z, onLinux)
		if fix := fixFirewalld(z, onLinux); fix != nil && strings.ContainsAny(rules, " ;&|$`'\"\n") {
			t.Errorf("%q is run by a shell", fix)
		}
		_ = assigned(rules, "ENABLED")
	})
}

// FuzzSocketFilter reads what Apple's command may print. It is never taken for more than it says.
func FuzzSocketFilter(f *testing.F) {
	f.Add("Firewall is enabled. (State = 1)", "Block all DISABLED!", "Incoming connection to the application is blocked", "1 :  /x\n ( Allow incoming connections )")
	f.Fuzz(func(t *testing.T, global, all, app, apps string) {
		a := applicationFirewall{global, all, []string{app}, apps}
		found := a.finding(Program{Path: "/x"})
		if said := strings.ToLower(app + apps); found.State == Allows && !strings.Contains(said, "allow") && !strings.Contains(said, "permit") {
			t.Errorf("lets in: %+v", a)
		}
	})
}
