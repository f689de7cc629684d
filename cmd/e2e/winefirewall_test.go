package e2e

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// The settings of Windows' firewall, and the networks that Windows remembers.
const (
	firewallPolicy = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`
	firewallGroup  = `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\WindowsFirewall`
	networkList    = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkList`
)

// finding is what the product says of a firewall.
type finding struct {
	Product, Reason, Zone, Network string
	State                          int
	Fix                            []string
}

// The values of State.
const (
	firewallOff    = 1
	firewallAllows = 2
	firewallMay    = 3
	firewallBlocks = 4
)

// TestWindowsFirewallRead plants settings in the registry, one after the other, and has the product read them. What it
// then proposes is what setup does too. Before that the product reads the tables of who is near.
func TestWindowsFirewallRead(t *testing.T) {
	t.Parallel()
	laptop, _ := newHome(t)
	w := startWindows(t, laptop)
	w.assertVicinity(t)
	looking, elevated := w.crossTest(t, "./discovery/firewall"), w.crossTest(t, "./app/launch")
	const program = installed + `\beam.exe`
	rule := func(action, profile string) string {
		return `v2.30|Action=` + action + `|Active=TRUE|Dir=In|Protocol=6|Profile=` + profile + `|App=%LOCALAPPDATA%\Programs\Modelbeam\BEAM.exe|Name=x|`
	}
	if found := w.look(t, looking, program); len(found) != 0 {
		t.Fatalf("a firewall where none is: %+v", found)
	}
	on := section(firewallPolicy+`\StandardProfile`, "EnableFirewall=dword:00000001")
	var last finding
	for _, step := range []struct {
		what, plant string
		want        finding
	}{
		{"it is on, and nothing known of the network", on, finding{State: firewallBlocks, Reason: "no-rule"}},
		{
			"a home network", section(networkList+`\Profiles\{A1}`, `ProfileName="Anna's Wi-Fi"`, "Category=dword:00000001") +
				section(networkList+`\Signatures\Unmanaged\010103`, `ProfileGuid="{a1}"`, "DefaultGatewayMac=hex:66,77,88,99,aa,bb"),
			finding{State: firewallBlocks, Reason: "no-rule", Zone: "private", Network: "Anna's Wi-Fi"},
		},
		{
			"a rule lets us in", section(firewallPolicy+`\FirewallRules`, "a="+regText(rule("Allow", "Private"))),
			finding{State: firewallAllows, Zone: "private", Network: "Anna's Wi-Fi"},
		},
		{
			"a question was cancelled", section(firewallPolicy+`\FirewallRules`, "TCP Query User="+regText(rule("Block", "Private"))),
			finding{State: firewallBlocks, Reason: "block-rule", Zone: "private", Network: "Anna's Wi-Fi"},
		},
		{
			"a café, joined later", section(networkList+`\Profiles\{B2}`, `ProfileName="Café"`, "Category=dword:00000000",
				"DateLastConnected=hex:ea,07,0b,00,04,00,1a,00,0f,00,00,00,00,00,00,00"),
			finding{State: firewallBlocks, Reason: "public-network", Zone: "public", Network: "Café"},
		},
		{
			"an administrator lets us in", section(firewallGroup+`\FirewallRules`, "b="+regText(rule("Allow", "Public"))),
			finding{State: firewallAllows, Zone: "public", Network: "Café"},
		},
		{
			"all are kept out", section(firewallPolicy+`\PublicProfile`, "DoNotAllowExceptions=dword:00000001"),
			finding{State: firewallBlocks, Reason: "blocks-all", Zone: "public", Network: "Café"},
		},
		{
			"an administrator has switched it off", section(firewallGroup+`\PublicProfile`, "EnableFirewall=dword:00000000"),
			finding{State: firewallOff, Zone: "public", Network: "Café"},
		},
	} {
		w.importKeys(t, step.plant)
		found := w.look(t, looking, program)
		if len(found) != 1 {
			t.Fatalf("%s: %d findings", step.what, len(found))
		}
		got := found[0]
		if got.State != step.want.State || got.Reason != step.want.Reason || got.Zone != step.want.Zone || got.Network != step.want.Network {
			t.Errorf("%s: %+v, want %+v", step.what, got, step.want)
		}
		if got.Reason == "block-rule" {
			last = got
		}
	}

	text, _ := json.Marshal(last.Fix)
	w.runTest(t, elevated, "TestHelperElevated", "MODELBEAM_TEST_ELEVATED="+string(text))
	w.assertNetsh(t, "advfirewall firewall delete rule name=all program=\""+program+"\"",
		"advfirewall firewall add rule name=\"Modelbeam\" dir=in action=allow enable=yes profile=private,domain program=\""+program+"\"")
}

// assertVicinity makes the phone the laptop's router, and has the product read that from Windows' tables.
func (w *windowsPC) assertVicinity(t *testing.T) {
	t.Helper()
	w.ns.IP("route", "add", "default", "via", phoneAddress)
	if out, err := w.machine.command("bash", "-c", "echo > /dev/udp/"+phoneAddress+"/9").CombinedOutput(); err != nil {
		t.Fatalf("look for the phone: %v\n%s", err, out)
	}
	out := w.runTest(t, w.crossTest(t, "./discovery/vicinity"), "TestNeighboursHere")
	if !strings.Contains(out, "Gateway:"+phoneAddress+" GatewaySeen:true") {
		t.Errorf("the router is not known: %s", out)
	}
}

// section is one of a .reg file.
func section(key string, values ...string) string {
	text := "\r\n[" + key + "]\r\n"
	for _, v := range values {
		name, value, _ := strings.Cut(v, "=")
		text += `"` + name + `"=` + value + "\r\n"
	}
	return text
}

// regText is a text in a .reg file.
func regText(text string) string {
	return `"` + strings.ReplaceAll(text, `\`, `\\`) + `"`
}

// utf16File is a text as such files have it: in UTF-16 with a mark, or names that are not ASCII are lost.
func utf16File(text string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// importKeys puts sections into the registry.
func (w *windowsPC) importKeys(t *testing.T, sections string) {
	t.Helper()
	write(t, w.path(`C:\keys.reg`), utf16File("Windows Registry Editor Version 5.00\r\n"+sections))
	w.run(t, "reg", "import", `C:\keys.reg`)
}

// look has the product look for firewalls that concern a program.
func (w *windowsPC) look(t *testing.T, test, program string) (all []finding) {
	t.Helper()
	asked, _ := json.Marshal(map[string]any{"Path": program, "Port": 8717, "Interface": "Wi-Fi"})
	for line := range strings.Lines(w.runTest(t, test, "TestHelperLook", "MODELBEAM_TEST_FIREWALL="+string(asked))) {
		var f finding
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &f) == nil {
			all = append(all, f)
		}
	}
	return all
}

// crossTest builds the tests of a package for this Windows, and returns where they are there.
func (w *windowsPC) crossTest(t *testing.T, pkg string) string {
	t.Helper()
	name := filepath.Base(pkg) + ".test.exe"
	cmd := exec.Command("go", "test", "-c", "-tags=migrated_fynedo", "-o", w.path(`C:\`+name), pkg)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the tests of %s: %v\n%s", pkg, err, out)
	}
	return `C:\` + name
}

// runTest runs one of those tests there, and returns what it printed.
func (w *windowsPC) runTest(t *testing.T, file, name string, environment ...string) string {
	t.Helper()
	cmd := w.command(file, "-test.v", "-test.run=^"+name+"$")
	cmd.Env = slices.Concat(cmd.Env, environment)
	out, err := output(cmd)
	if err != nil || !strings.Contains(out, "--- PASS: "+name) {
		t.Fatalf("%s of %s: %v\n%s", name, file, err, out)
	}
	return strings.ReplaceAll(out, "\r\n", "\n")
}
