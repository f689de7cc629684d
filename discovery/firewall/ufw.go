package firewall

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Where ufw(8) keeps what it was told. Everybody may read the first three, and root alone the rules.
const (
	ufwSwitch   = "etc/ufw/ufw.conf"
	ufwDefaults = "etc/default/ufw"
	ufwProfiles = "etc/ufw/applications.d"
	ufwRules    = "etc/ufw/user.rules"
)

// lookUFW reads ufw's files, below root. Where there are none there is no ufw.
func lookUFW(root fs.FS, p Program) []Finding {
	onOff, err := fs.ReadFile(root, ufwSwitch)
	if err != nil {
		return nil
	}
	f := Finding{Product: UFW, Detail: "ENABLED=no"}
	if !strings.EqualFold(assigned(string(onOff), "ENABLED"), "yes") {
		f.State = Off
		return []Finding{f}
	}
	defaults, _ := fs.ReadFile(root, ufwDefaults) // it cannot be switched on without
	policy := strings.ToUpper(assigned(string(defaults), "DEFAULT_INPUT_POLICY"))
	f.Detail = fmt.Sprintf("ENABLED=yes, DEFAULT_INPUT_POLICY=%s", policy)
	rules, err := fs.ReadFile(root, ufwRules)
	if err != nil {
		f.Detail += ", its rules cannot be read"
	}
	f.State, f.Reason = judgeUFW(policy, parseUFWRules(string(rules)), err == nil, p)
	if f.State != Allows {
		f.Fix, f.Elevate = []string{"ufw", "allow", ufwName(root, p.Port)}, true
	}
	return []Finding{f}
}

// judgeUFW says what ufw does with phones: the first rule that is about them counts, and else its policy.
func judgeUFW(policy string, rules []ufwRule, readable bool, p Program) (State, Reason) {
	open := policy == "ACCEPT"
	if !readable {
		if open {
			return MayBlock, RulesHidden // what is refused by a rule alone
		}
		return MayBlock, PolicyDrop
	}
	for _, r := range rules {
		if !r.about(p) {
			continue
		}
		if r.allows() {
			return Allows, ""
		}
		return Blocks, BlockRule
	}
	if open {
		return Allows, ""
	}
	return Blocks, PolicyDrop
}

// ufwName is what to let in: the profile that our package has installed, where it is for this port, or the port.
func ufwName(root fs.FS, port int) string {
	tcp := strconv.Itoa(port) + "/tcp"
	profile, _ := fs.ReadFile(root, path.Join(ufwProfiles, "modelbeam")) // not installed by a package
	ports := strings.Split(assigned(string(profile), "ports"), "|")
	if slices.Contains(ports, tcp) {
		return "Modelbeam"
	}
	return tcp
}

// assigned is the value of the last assignment to a name, in a file that a shell reads or one that looks like it.
func assigned(text, name string) (value string) {
	for line := range strings.Lines(text) {
		key, v, found := strings.Cut(strings.TrimSpace(line), "=")
		if found && strings.TrimSpace(key) == name {
			v, _, _ = strings.Cut(v, " #")
			value = strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return value
}
