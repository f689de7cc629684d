package doctor

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"modelbeam/app/plain"
	"modelbeam/tunnel/contact"
)

// maxNetworks is how many a report has. Some servers have hundreds of addresses.
const maxNetworks = 10

// report is all that is known, for a bug report. It has no key, no code, no name of a device or a Wi-Fi, no hardware address
// and no address that the internet knows.
func report(f *Facts, d Diagnosis) string {
	var p page
	p.line("cause", "%s (sure: %t) %v", d.Cause, d.Sure, d.Between)
	for _, proof := range d.Proof {
		p.line("proof", "%s", proof)
	}
	p.line("system", "%s/%s", runtime.GOOS, runtime.GOARCH)
	p.line("examined", "%s, since %s, phone shows %q", f.Now.UTC().Format(time.DateTime), f.Since.UTC().Format(time.TimeOnly), f.Shows)
	p.line("listens", "%s port %d, paused: %t", private(f.Own.Listen.Addr()), f.Own.Listen.Port(), f.Own.Paused)
	p.networks(f)
	p.line("vpn", "%q, heard %d, multicast error %q", f.Vicinity.VPN, len(f.Vicinity.Heard), f.Vicinity.MulticastError)
	for _, o := range f.Vicinity.Others {
		p.line("other", "a Modelbeam at %s, ours: %t, of our name: %t", private(o.Addr), o.ID == f.Own.ID, f.sameName(o))
	}
	p.line("signs", "sought by %d, refused: %t, lost: %d, half open: %t, uncounted: %t, blind: %t",
		len(f.Signs.Sought), f.Signs.Refused, f.Signs.Lost, f.Signs.HalfOpen, f.Signs.Uncounted, f.Signs.Blind)
	for _, w := range f.Firewalls {
		p.line("firewall", "%s state %d %s: %s", w.Product, w.State, w.Reason, w.Detail)
	}
	for _, o := range f.Doors {
		p.line("door", "%s found %d %s", private(o.Addr), o.Found, plain.Text(o.What))
	}
	p.phones(f)
	for _, s := range f.Servers {
		p.line("server", "%s online: %t models: %d needs key: %t loading: %t", s.ID, s.Online, s.Models, s.NeedsKey, s.Loading)
	}
	return hideHome(p.String())
}

// page is a text of lines, each with its subject before it.
type page struct{ strings.Builder }

func (p *page) line(subject, format string, args ...any) {
	fmt.Fprintf(p, "%-10s %s\n", subject, fmt.Sprintf(format, args...))
}

func (p *page) networks(f *Facts) {
	few := 50 // neighbours: a large network has thousands, and a person reads this
	for _, n := range f.Vicinity.Networks[:min(len(f.Vicinity.Networks), maxNetworks)] {
		p.line("network", "%s %s router %s (seen: %t) wireless: %t wired: %t taken by %q", n.Interface, private(n.Addr), private(n.Gateway), n.GatewaySeen, n.Wireless, n.Wired, n.TakenBy)
		shown := n.Neighbours[:min(len(n.Neighbours), few)]
		few -= len(shown)
		if more := len(n.Neighbours) - len(shown); more > 0 {
			p.line("neighbour", "%d more", more)
		}
		for _, o := range shown {
			p.line("neighbour", "%s alive: %t failed: %t seen %s", private(o.Addr), o.Alive, o.Failed, ago(f.Now, o.Seen))
		}
	}
}

// phones are what came to the door, and what phones' pages found themselves.
func (p *page) phones(f *Facts) {
	for _, c := range f.Contacts {
		p.line("contact", "%s %s x%d %s %s", private(c.Peer), c.Kind, c.Count, ago(f.Now, c.Last), discreet(c))
	}
	for _, r := range f.Reports {
		p.line("phone", "%s made a report (%s) %s: name %q online %q network %q, %s by %s, clock ahead %s, in the way %v",
			private(r.Peer), r.Occasion, ago(f.Now, r.Made), r.Name, r.Online, r.Network, r.Browser, r.Scheme, r.Ahead.Round(time.Second), r.Obstacles)
		for _, try := range r.Tries {
			p.line("tried", "%s: %s after %s", privateHost(try.URL), try.Outcome, try.Took)
		}
	}
}

// private leaves out addresses that the internet knows.
func private(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "-"
	case a.IsPrivate(), a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsUnspecified():
		return a.String()
	}
	return "(public)"
}

func privateAll(list []netip.Addr) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = private(a)
	}
	return strings.Join(texts, ", ")
}

// privateHost is the host of an address, without its name where it has one: people name computers after themselves.
func privateHost(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "-"
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		return private(a)
	}
	return "(name)"
}

// discreet is the Detail of a contact as a report may have it: the name of a host may be somebody's.
func discreet(c contact.Contact) string {
	if c.Kind != contact.WrongHost || c.Detail == "" {
		return c.Detail
	}
	return privateHost("http://" + c.Detail)
}

func ago(now, then time.Time) string {
	if then.IsZero() {
		return "at an unknown time"
	}
	return now.Sub(then).Round(100*time.Millisecond).String() + " ago"
}

// hideHome hides whose folder a path is in.
func hideHome(text string) string {
	dir, err := os.UserHomeDir()
	if err != nil || len(dir) < 2 {
		return text
	}
	return strings.ReplaceAll(text, dir, "~")
}
