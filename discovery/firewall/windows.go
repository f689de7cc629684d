package firewall

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// windowsPolicy is what the registry has of Windows' firewall.
type windowsPolicy struct {
	expand   func(path string) string // puts in what %names% stand for
	system   string                   // where Windows' own programs are
	profiles map[category]windowsProfile
	own      []windowsRule // of this machine
	group    []windowsRule // laid down by administrators
}

// windowsProfile is what holds on networks of one category, whatever the rules say.
type windowsProfile struct {
	on        bool
	shielded  bool // "Block all incoming connections, including those in the list of allowed apps"
	open      bool // what no rule is about comes in
	groupOnly bool // this machine's own rules do not count
}

// profileOf puts a profile together from its numbers in the registry, those of administrators first. The firewall is on
// unless it says otherwise, [MS-GPFAS] section 2.2.1.
func profileOf(group, own map[string]uint64) windowsProfile {
	set := func(name string, otherwise bool) bool {
		for _, values := range []map[string]uint64{group, own} {
			if v, found := values[name]; found {
				return v != 0
			}
		}
		return otherwise
	}
	return windowsProfile{
		on:        set("EnableFirewall", true),
		shielded:  set("DoNotAllowExceptions", false),
		open:      !set("DefaultInboundAction", true),
		groupOnly: !set("AllowLocalPolicyMerge", true),
	}
}

// about are the rules in force about a program, on networks of a category.
func (w windowsPolicy) about(c category, p Program) []windowsRule {
	all := w.group
	if !w.profiles[c].groupOnly {
		all = slices.Concat(w.group, w.own)
	}
	return slices.DeleteFunc(slices.Clone(all), func(r windowsRule) bool { return !r.about(p, w.expand) })
}

// judge says what the firewall does with phones on a network of a category, with the rules about us. A rule that blocks
// goes before all that allow,
// https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/rules
func (w windowsPolicy) judge(c category, about []windowsRule) (State, Reason) {
	has := func(holds func(windowsRule) bool) bool { return slices.ContainsFunc(about, holds) }
	profile := w.profiles[c]
	switch {
	case !profile.on:
		return Off, ""
	case profile.shielded:
		return Blocks, BlocksAll
	case has(func(r windowsRule) bool { return r.blocks() && r.in(c) }):
		return Blocks, BlockRule
	case profile.open, has(func(r windowsRule) bool { return r.allows() && r.in(c) }):
		return Allows, ""
	case has(windowsRule.allows):
		return Blocks, PublicNetwork
	}
	return Blocks, NoRule
}

// finding puts it together. Where the network's category is not known, only what holds on all of them is certain.
func (w windowsPolicy) finding(c category, p Program) Finding {
	f := Finding{Product: Windows, Zone: string(c)}
	if c != "" {
		about := w.about(c, p)
		f.State, f.Reason = w.judge(c, about)
		f.Detail = fmt.Sprintf("%+v, rules about us: %v", w.profiles[c], about)
	} else {
		f.State, f.Reason = w.anywhere(p)
		f.Detail = fmt.Sprintf("%+v, category not known", w.profiles)
	}
	if f.State == Blocks || f.State == MayBlock {
		f.Fix, f.Elevate = w.fix(f.Reason, p), true
	}
	return f
}

// anywhere judges for a network that could be private or public.
func (w windowsPolicy) anywhere(p Program) (State, Reason) {
	state, reason := w.judge(private, w.about(private, p))
	otherState, otherReason := w.judge(public, w.about(public, p))
	switch {
	case state == otherState:
		return state, cmp.Or(reason, otherReason)
	case state == Blocks:
		return MayBlock, reason
	case otherState == Blocks:
		return MayBlock, otherReason
	}
	return Allows, "" // on or off
}

// ruleName is what our rule is called; setup adds it by the same words, .ci/packaging/windows/firewall.nsh.
const ruleName = "Modelbeam"

// fix lets phones in: it first deletes all rules about the program, because one that blocks goes before any that allows,
// and then allows it on private and domain networks. The rule is about the program, so that it holds for any port. On a
// network that is taken for a public one, it is what Windows takes it for that has to change. Programs are named by
// their whole paths: with the rights of an administrator no other one must be found.
func (w windowsPolicy) fix(why Reason, p Program) []string {
	switch {
	case why == PublicNetwork && p.Interface != "":
		return []string{
			w.system + `\WindowsPowerShell\v1.0\powershell.exe`, "-NoProfile", "-Command",
			"Set-NetConnectionProfile -InterfaceAlias '" + strings.ReplaceAll(p.Interface, "'", "''") + "' -NetworkCategory Private",
		}
	case why == PublicNetwork, why == BlocksAll, p.Path == "", strings.ContainsAny(p.Path, `"%`):
		return nil // in the settings, by hand
	}
	netsh, program := w.system+`\netsh.exe advfirewall firewall`, fmt.Sprintf(`program="%s"`, p.Path)
	return []string{
		w.system + `\cmd.exe`, "/c", netsh + " delete rule name=all " + program + " & " +
			netsh + ` add rule name="` + ruleName + `" dir=in action=allow enable=yes profile=private,domain ` + program,
	}
}
