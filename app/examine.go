package app

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/doctor"
	"modelbeam/app/reach"
	"modelbeam/discovery/lan"
	"modelbeam/tunnel/contact"
)

// Examine finds out why a phone that shows this cannot connect, and calls done with the result, on a goroutine of its
// own, within 2 s. done is not called when Modelbeam ends meanwhile.
func (c *Controller) Examine(shows doctor.Shows, done func(doctor.Diagnosis)) {
	c.background.begin(func(ctx context.Context) {
		if d := c.doctor.Examine(ctx, shows); ctx.Err() == nil {
			done(d)
		}
	})
}

// LetPhonesIn has the system ask for an administrator's password, opens the firewall that the last Examine named, and
// calls done with what is in the way now, on a goroutine of its own.
func (c *Controller) LetPhonesIn(done func(doctor.Diagnosis)) {
	c.background.begin(func(ctx context.Context) {
		if d := c.doctor.LetPhonesIn(ctx); ctx.Err() == nil {
			done(d)
		}
	})
}

// newDoctor makes what finds out why a phone cannot connect.
func (c *Controller) newDoctor() *doctor.Doctor {
	return doctor.New(doctor.Sources{
		Own: c.own, Servers: c.examined, Candidates: c.reach.Candidates,
		Contacts: c.contacts, Reports: c.gateway.Reports,
		Changed: c.news.changed, Log: c.log,
	})
}

// kept is how long a phone may wait for the first byte of an answer before that tells anything.
const kept = 2 * time.Second

// contacts are those of the gateway, the newest first, and who waits for an answer now.
func (c *Controller) contacts() (list []contact.Contact) {
	for _, e := range c.gateway.Running() {
		if e.Works && e.Status == 0 && time.Since(e.Time) > kept {
			list = append(list, contact.Contact{
				Kind: contact.Failed, Detail: contact.Waits, Peer: e.Remote, Local: e.Local, First: e.Time, Last: time.Now(), Count: 1, Device: e.Device.ID,
			})
		}
	}
	return append(list, c.gateway.Contacts()...)
}

// own is how this computer offers itself to phones.
func (c *Controller) own() doctor.Own {
	view, name := c.reach.View(), c.settings.Get().DisplayName()
	own := doctor.Own{
		Name: name, Announced: reach.Instance(name), Local: host(c.reach.LocalURL()), ID: c.id,
		Paused: c.paused.Load(), Known: c.known(),
	}
	own.Listen, _ = netip.ParseAddrPort(view.Listen) // empty while it is closed
	if len(view.URLs) > 0 {
		own.URL = view.URLs[0]
	}
	for _, a := range view.Addresses {
		ip, err := netip.ParseAddr(a.IP)
		if err != nil {
			continue
		}
		own.Addresses = append(own.Addresses, ip)
	}
	if ip, err := netip.ParseAddr(host(own.URL)); err == nil {
		own.Code = ip // another one than the best where a flag says so
	} else {
		own.Code = inCode(view)
	}
	own.Familiar = slices.ContainsFunc(c.devices.List(), func(d devices.Device) bool { return d.Address == own.Code.String() })
	return own
}

// inCode is the address of this computer in the code; not valid where there is none.
func inCode(view reach.View) netip.Addr {
	for _, a := range view.Addresses {
		if ip, err := netip.ParseAddr(a.IP); err == nil && a.Chosen {
			return ip
		}
	}
	return netip.Addr{}
}

// host is the part of an address between http:// and the port.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// examined are the servers as far as they may be the reason that a phone gets no answer.
func (c *Controller) examined() (list []doctor.Server, demo bool) {
	for _, s := range c.State().Servers {
		if s.Demo() {
			demo = true
			continue
		}
		ip, _ := netip.ParseAddr(host(s.URL)) // a name is none
		list = append(list, doctor.Server{
			ID: s.ID, Name: s.Name, URL: s.URL, Host: ip, Online: s.Online, NeedsKey: s.NeedsKey, Loading: s.Loading,
			Models: len(s.Models), Hidden: s.Hidden,
		})
	}
	return list, demo
}

// causes are those of Problems that keep all phones out.
var causes = map[ProblemKind]doctor.Cause{
	ProblemPortTaken: doctor.PortTaken, ProblemListenFailed: doctor.CannotListen, ProblemAddressGone: doctor.AddressGone,
	ProblemOffline: doctor.NoNetwork,
}

// known is what the State tells already of what keeps all phones out, or nil.
func (c *Controller) known() *doctor.Diagnosis {
	wrong, view := c.news.wrong(), c.reach.View()
	if bound, err := netip.ParseAddrPort(view.Listen); err == nil && !bound.Addr().IsUnspecified() && !lan.Has(bound.Addr()) {
		wrong[ProblemAddressGone] = addressGone(bound.Addr().String(), view.Newest()) // it may have gone just now
	}
	i := slices.IndexFunc(byImportance, func(k ProblemKind) bool { return wrong[k] != nil && causes[k] != "" })
	if i < 0 {
		return nil
	}
	p := wrong[byImportance[i]]
	d := &doctor.Diagnosis{
		Cause: causes[p.Kind], Sure: true, Title: p.Title, Advice: p.Advice, Action: p.Action, Params: p.Params,
		Proof: []string{strings.TrimSpace(string(p.Kind) + " " + p.Detail)},
	}
	if p.Action != "" {
		d.Do = doctor.DoRetry
	}
	if cause, ok := missing[view.Missing]; ok && p.Kind == ProblemOffline {
		d.Cause = cause
	}
	return d
}

// missing are the causes of there being no address for phones.
var missing = map[lan.Reason]doctor.Cause{
	lan.SelfAssigned: doctor.SelfAssigned, lan.OnlyIPv6: doctor.OnlyIPv6, lan.OnlyVPN: doctor.OnlyVPN,
	lan.InContainer: doctor.InContainer, lan.InWSL: doctor.InWSL,
}
