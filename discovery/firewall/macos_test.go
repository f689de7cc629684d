package firewall

import (
	"slices"
	"testing"
)

// TestMacOSFinding reads what versions of macOS say: up to 12, from 13 on, and 15.
func TestMacOSFinding(t *testing.T) {
	const (
		off     = "Firewall is disabled. (State = 0)\n"
		enabled = "Firewall is enabled. (State = 1)\n"
		open    = "Block all DISABLED! \n"
	)
	p := Program{Path: "/Applications/Modelbeam (1).app/Contents/MacOS/beam"}
	bundle := "/Applications/Modelbeam (1).app"
	list := func(verdict string) string {
		return "ALF: total number of apps = 3 \n\n1 :  /Applications/blocked.app \n \t ( Block incoming connections ) \n\n" +
			"2 :  " + bundle + " \n \t ( " + verdict + " incoming connections ) \n\n3 :  /usr/libexec/sharingd \n \t ( Allow incoming connections ) \n\n"
	}
	const notListed = "The application is not part of the firewall \n"
	for _, tt := range []struct {
		name   string
		said   applicationFirewall
		state  State
		reason Reason
	}{
		{"off", applicationFirewall{global: off, blockAll: open}, Off, ""},
		{"off, with a list", applicationFirewall{global: off, apps: list("Block")}, Off, ""},
		{"on, blocked by name", applicationFirewall{enabled, open, []string{"Incoming connection to the application is blocked \n"}, ""}, Blocks, AppBlocked},
		{"on, blocked by name, as newer ones say", applicationFirewall{enabled, "Firewall has block all state set to disabled.\n", []string{notListed, "The application " + p.Path + " is blocked from incoming connections\n"}, ""}, Blocks, AppBlocked},
		{"on, permitted", applicationFirewall{enabled, open, []string{"Incoming connection to the application is permitted \n"}, ""}, Allows, ""},
		{"on, permitted by path", applicationFirewall{enabled, open, []string{"Incoming connection to " + bundle + " is permitted \n"}, ""}, Allows, ""},
		{"on, listed as blocked", applicationFirewall{enabled, open, []string{notListed, notListed}, list("Block")}, Blocks, AppBlocked},
		{"on, listed as allowed", applicationFirewall{enabled, open, []string{notListed, notListed}, list("Allow")}, Allows, ""},
		{"on, listed in one line", applicationFirewall{enabled, open, nil, "Total number of apps = 1\n1 : " + bundle + "    (Block incoming connections)\n"}, Blocks, AppBlocked},
		{"on, not listed", applicationFirewall{enabled, open, []string{notListed, notListed}, "ALF: total number of apps = 0 \n"}, MayBlock, NoRule},
		{"blocks all, up to 12", applicationFirewall{global: "Firewall is enabled. (State = 2)\n", blockAll: "Block all ENABLED! \n"}, Blocks, BlocksAll},
		{"blocks all, 13", applicationFirewall{enabled, "Firewall is set to block all non-essential incoming connections\n", nil, list("Allow")}, Blocks, BlocksAll},
		{"blocks all, 15", applicationFirewall{global: "Firewall is blocking all non-essential incoming connections. (State = 2)\n", blockAll: "Firewall has block all state set to enabled.\n"}, Blocks, BlocksAll},
		{"no state in numbers", applicationFirewall{global: "Firewall is enabled.", blockAll: open, app: []string{notListed}}, MayBlock, NoRule},
		{"no such command", applicationFirewall{}, Unknown, ""},
		{"garbage", applicationFirewall{"?", "\xff", []string{"", "", ""}, ":::(\n1 :"}, Unknown, ""},
	} {
		f := tt.said.finding(p)
		if f.State != tt.state || f.Reason != tt.reason {
			t.Errorf("%s: %v %q, want %v %q", tt.name, f.State, f.Reason, tt.state, tt.reason)
		}
	}
}

func TestAppPaths(t *testing.T) {
	for path, want := range map[string][]string{
		"/Applications/Modelbeam.app/Contents/MacOS/beam": {"/Applications/Modelbeam.app", "/Applications/Modelbeam.app/Contents/MacOS/beam"},
		"/usr/local/bin/beam":                             {"/usr/local/bin/beam"},
	} {
		if got := appPaths(Program{Path: path}); !slices.Equal(got, want) {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// TestAppBlockedByAName: words in a path are not what is said of it.
func TestAppBlockedByAName(t *testing.T) {
	const path = "/Applications/Ad blocker.app"
	if got := aboutApp("Incoming connection to "+path+" is permitted", path); got != permitted {
		t.Errorf("%v", got)
	}
}

func TestMacOSFix(t *testing.T) {
	p := Program{Path: "/Applications/Anna's.app/Contents/MacOS/beam"}
	const quoted = `'/Applications/Anna'\''s.app'`
	want := []string{"sh", "-c", socketFilter + " --add " + quoted + " && " + socketFilter + " --unblockapp " + quoted}
	if got := fixMacOS(AppBlocked, p); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := fixMacOS(BlocksAll, p); !slices.Equal(got, []string{socketFilter, "--setblockall", "off"}) {
		t.Errorf("%q", got)
	}
}
