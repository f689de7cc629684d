package doctor

import (
	"modelbeam/discovery/firewall"
	"modelbeam/tunnel/contact"
)

// checks in their order: the first that is sure decides.
var checks = []check{
	// What is certain whatever a phone does. What the State tells already comes before all: see Diagnose.
	{Paused, func(f *Facts) verdict { return holds(f.Own.Paused, "sharing is paused") }},
	{OnlyThisComputer, loopback},
	{OtherProgram, otherProgram},

	// What a phone has shown that came.
	{HTTPSTyped, shown(contact.Secure)},
	{PhoneProxy, proxied},
	{WrongHost, shown(contact.WrongHost)},
	{Clock, clock},
	{CodeOld, shown(contact.BadCode, contact.OldCode, contact.UsedCode)},
	{ServerHangs, gone},
	{NoServer, failed("no_server")},
	{ServerNeedsKey, failed("server_wants_key")},
	{ServerHangs, failed("left", contact.Waits, "server_unreachable", "server_broke_off", "server_removed")},
	{ServerRefuses, failed("server_error", "server_redirects", "status-")},
	{AppSettings, failed("model_not_found", "unknown_path", "path_not_supported", "dialect_not_supported", "method_not_allowed")},
	{KeyUnknown, shown(contact.NoKey, contact.BadKey, contact.RemovedKey)},
	{WebAppStopped, stopped},
	{WebAppStopped, barred},
	{NameNotFound, nameNotFound},
	{NoServer, noServer},
	{ServerNeedsKey, allAre(func(s Server) bool { return s.NeedsKey }, "wants a key")},
	{ServerNoModel, allAre(func(s Server) bool { return !s.NeedsKey && !s.Loading && s.Models == 0 }, "has no model")},
	{ServerHangs, silent},
	{AppBlocked, appBlocked},
	{PhoneProxy, detour},

	// What can be read of this computer while nobody comes.
	{CodeOld, movedOn},
	{SelfAssigned, misfit},
	{VPNTakesNetwork, vpn},
	{FirewallRule, rule([]firewall.Product{firewall.Windows}, firewall.BlockRule, firewall.BlocksAll)},
	{FirewallNoRule, rule([]firewall.Product{firewall.Windows}, firewall.NoRule)},
	{FirewallPublic, rule([]firewall.Product{firewall.Windows}, firewall.PublicNetwork)},
	{FirewallMacOS, rule([]firewall.Product{firewall.MacOS})},
	{FirewallFirewalld, rule([]firewall.Product{firewall.Firewalld})},
	{FirewallUFW, rule([]firewall.Product{firewall.UFW})},

	// What follows from nobody coming.
	{TwoNetworks, twoNetworks},
	{FirewallUFW, suspect(firewall.UFW)},
	{FirewallFirewalld, suspect(firewall.Firewalld)},
	{FirewallMacOS, suspect(firewall.MacOS)},
	{FirewallNoRule, suspect(firewall.Windows)},
	{Firewall, turned},
	{Slept, slept},
	{SameName, twin},
	{OtherPage, otherPage},
	{LocalNetworkDenied, denied},
	{Isolated, isolated},
	{PhoneElsewhere, elsewhere},
}

func holds(b bool, proof string) verdict {
	if !b {
		return verdict{}
	}
	return verdict{level: sure, proof: proof}
}
