// Package firewall tells what this machine's firewalls do with phones, as far as that can be read without any
// rights. Look asks each firewall that the system may have: the registry on Windows, socketfilterfw(8) on macOS,
// and the settings of ufw(8) and firewalld(1) on Linux. Nothing is changed, and nothing is sent to anybody.
//
// It never claims more than was read. A firewall that is on and hides its rules MayBlock.
package firewall

import (
	"context"
	"net/netip"
	"os"
	"time"
)

// Product is which firewall a Finding is about. It is for code to compare.
type Product string

const (
	Windows   Product = "windows"   // the firewall that Windows has
	MacOS     Product = "macos"     // the application firewall that macOS has
	UFW       Product = "ufw"       // Ubuntu's
	Firewalld Product = "firewalld" // Fedora's and openSUSE's
	Other     Product = "other"     // rules of nftables or iptables whose author is not known
)

// State is what a firewall does with phones that want to reach us.
type State uint8

const (
	Unknown  State = iota // it could not be read whether there is one in the way
	Off                   // it is there, and switched off
	Allows                // it is on, and lets phones in
	MayBlock              // it is on; whether it lets phones in cannot be read
	Blocks                // it is on, and keeps phones out
)

// Reason is why a firewall Blocks or MayBlock. It is for code to compare.
type Reason string

const (
	BlockRule     Reason = "block-rule"     // a rule keeps us out; it wins over all that let us in
	NoRule        Reason = "no-rule"        // Windows: no rule lets our program in; macOS: our program is on no list
	PublicNetwork Reason = "public-network" // Windows: a rule lets us in, in networks of another category than this one
	BlocksAll     Reason = "blocks-all"     // the person has switched on that nobody comes in, whatever the rules say
	AppBlocked    Reason = "app-blocked"    // macOS: our program is on its list of those that nobody reaches
	NotInZone     Reason = "not-in-zone"    // firewalld: the zone of our interface lets nobody in at our port
	PolicyDrop    Reason = "policy-drop"    // ufw: what no rule lets in is dropped or refused; its rules cannot be read
	RulesHidden   Reason = "rules-hidden"   // it is on, and does not tell its rules to us
)

// Finding is what was learned of one firewall.
type Finding struct {
	Product Product
	State   State
	Reason  Reason   // of MayBlock and Blocks; else empty
	Zone    string   // firewalld: the zone of our interface; Windows: "private", "public" or "domain"; "" if unknown
	Network string   // the network's name, as the system shows it to people; "" if unknown
	Fix     []string // the command that lets phones in, as an argument vector; nil: none is known, or none is needed
	Elevate bool     // Fix takes the rights of an administrator
	Detail  string   // what was read, for a report; in English, one line
}

// Program is who wants to be reached.
type Program struct {
	Path      string     // of the executable file that listens; "": this one
	Port      int        // TCP, where it listens
	Interface string     // of the network that phones are on; "": not known
	Addr      netip.Addr // this machine's address there; invalid: not known
	RouterMAC string     // the hardware address of the router there: it tells Windows' networks apart; "": not known
}

// located fills in this program's own path where none is given.
func (p Program) located() Program {
	if p.Path == "" {
		p.Path, _ = os.Executable() // unknown: no rule is about it
	}
	return p
}

// timeLimit bounds what all firewalls together may take to answer.
const timeLimit = time.Second

// Look asks all firewalls that the system may have, for a second at the most. There is one Finding for each that is
// there, and none of those that are not. It may be called from any goroutine.
func Look(ctx context.Context, p Program) []Finding {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	return look(ctx, p.located())
}
