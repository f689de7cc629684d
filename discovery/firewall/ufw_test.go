package firewall

import (
	"net/netip"
	"slices"
	"testing"
	"testing/fstest"
)

var onLinux = Program{Port: 8717, Interface: "wlan0", Addr: netip.MustParseAddr("192.168.7.20")}

const (
	ufwOn      = "# /etc/ufw/ufw.conf\n#\n\n# Set to yes to start on boot.\nENABLED=yes\n\nLOGLEVEL=low\n"
	ufwDrop    = "IPV6=yes\n\n# DEFAULT_INPUT_POLICY is said below\nDEFAULT_INPUT_POLICY=\"DROP\"\nDEFAULT_OUTPUT_POLICY=\"ACCEPT\"\n"
	ufwProfile = "[Modelbeam]\ntitle=Modelbeam\nports=8717/tcp|5353/udp\n"
)

func TestLookUFW(t *testing.T) {
	without := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  Finding
	}{
		{"none", nil, Finding{}},
		{"off", map[string]string{ufwSwitch: "ENABLED=no\n"}, Finding{State: Off}},
		{"off, commented", map[string]string{ufwSwitch: "#ENABLED=yes\n"}, Finding{State: Off}},
		{"on, for everybody to read", map[string]string{ufwSwitch: ufwOn, ufwDefaults: ufwDrop}, Finding{State: MayBlock, Reason: PolicyDrop, Fix: []string{"ufw", "allow", "8717/tcp"}}},
		{"on, with our profile", map[string]string{ufwSwitch: "ENABLED=\"YES\" # on\n", ufwDefaults: ufwDrop, "etc/ufw/applications.d/modelbeam": ufwProfile}, Finding{State: MayBlock, Reason: PolicyDrop, Fix: []string{"ufw", "allow", "Modelbeam"}}},
		{"on, and open", map[string]string{ufwSwitch: ufwOn, ufwDefaults: "DEFAULT_INPUT_POLICY='ACCEPT'\n"}, Finding{State: MayBlock, Reason: RulesHidden, Fix: []string{"ufw", "allow", "8717/tcp"}}},
		{"no defaults", map[string]string{ufwSwitch: ufwOn}, Finding{State: MayBlock, Reason: PolicyDrop, Fix: []string{"ufw", "allow", "8717/tcp"}}},
		{"its rules, without us", map[string]string{ufwSwitch: ufwOn, ufwDefaults: ufwDrop, ufwRules: "*filter\n### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n"}, Finding{State: Blocks, Reason: PolicyDrop, Fix: []string{"ufw", "allow", "8717/tcp"}}},
		{"its rules, with us", map[string]string{ufwSwitch: ufwOn, ufwDefaults: ufwDrop, ufwRules: "### tuple ### allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 Modelbeam - in\n"}, Finding{State: Allows}},
		{"its rules, against us", map[string]string{ufwSwitch: ufwOn, ufwDefaults: "DEFAULT_INPUT_POLICY=ACCEPT", ufwRules: "### tuple ### deny any 8717 0.0.0.0/0 any 0.0.0.0/0 in\n"}, Finding{State: Blocks, Reason: BlockRule, Fix: []string{"ufw", "allow", "8717/tcp"}}},
	} {
		root := fstest.MapFS{}
		for name, text := range tt.files {
			root[name] = without(text)
		}
		found := append(lookUFW(root, onLinux), Finding{})
		got := found[0]
		if len(found)-1 != min(1, len(tt.files)) || got.State != tt.want.State || got.Reason != tt.want.Reason || !slices.Equal(got.Fix, tt.want.Fix) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestUFWRules(t *testing.T) {
	for tuple, want := range map[string]bool{
		"allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in":                               true,
		"allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0":                                  true, // before directions
		"limit_log any 8000:9000 0.0.0.0/0 any 0.0.0.0/0 in":                      true,
		"allow tcp 80,8717 0.0.0.0/0 any 192.168.0.0/16 in_wlan0 comment=782079":  true,
		"allow any any 0.0.0.0/0 any 0.0.0.0/0 in":                                true,
		"allow tcp 8717 192.168.7.20 any 0.0.0.0/0 in":                            true,
		"allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 Web%20Server - in_wlan0!out_eth1": true,
		"allow udp 8717 0.0.0.0/0 any 0.0.0.0/0 in":                               false,
		"allow tcp 8718 0.0.0.0/0 any 0.0.0.0/0 in":                               false,
		"allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 out":                              false,
		"allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in_eth0":                          false,
		"allow tcp 8717 0.0.0.0/0 any 10.0.0.0/8 in":                              false,
		"allow tcp 8717 192.168.7.21 any 0.0.0.0/0 in":                            false,
		"route:allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in":                         false,
		"deny tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in":                                false,
		"allow tcp":                            false,
		"allow tcp x:y nonsense z nonsense in": false,
	} {
		state, _ := judgeUFW("DROP", parseUFWRules("### tuple ### "+tuple+"\n"), true, onLinux)
		if (state == Allows) != want {
			t.Errorf("%s: %v", tuple, state)
		}
	}
}

// TestUFWOrder: the first rule counts.
func TestUFWOrder(t *testing.T) {
	const allow, deny = "### tuple ### allow tcp 8717 0.0.0.0/0 any 0.0.0.0/0 in\n", "### tuple ### reject any any 0.0.0.0/0 any 192.168.7.0/24 in\n"
	if state, _ := judgeUFW("DROP", parseUFWRules(allow+deny), true, onLinux); state != Allows {
		t.Errorf("allowed first: %v", state)
	}
	if state, _ := judgeUFW("DROP", parseUFWRules(deny+allow), true, onLinux); state != Blocks {
		t.Errorf("refused first: %v", state)
	}
}
