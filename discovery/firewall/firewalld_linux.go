package firewall

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/godbus/dbus/v5"

	"modelbeam/discovery/systembus"
)

// firewalld's names on the bus, firewalld.dbus(5).
const (
	firewalldName = "org.fedoraproject.FirewallD1"
	firewalldPath = "/org/fedoraproject/FirewallD1"
	firewalldZone = firewalldName + ".zone"

	actionInfo     = firewalldName + ".info"          // which zones there are
	actionConfig   = firewalldName + ".config.info"   // what is in them
	actionPolicies = firewalldName + ".policies.info" // whether it lets anything pass at all

	// firewalldPID is there while firewalld runs.
	firewalldPID = "/run/firewalld.pid"
)

// lookFirewalld asks firewalld, where one runs. One that does not answer in time is on all the same.
func lookFirewalld(ctx context.Context, p Program) []Finding {
	bus, err := systembus.Open(ctx)
	if err == nil {
		defer bus.Close()
		var runs bool
		err = bus.Call(ctx, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner",
			[]any{firewalldName}, []any{&runs})
		if err == nil && !runs {
			return nil
		}
	}
	if _, runs := os.Stat(firewalldPID); err != nil && runs != nil {
		return nil // no bus, and no sign of it
	}
	f := Finding{Product: Firewalld, State: MayBlock, Reason: RulesHidden, Elevate: true}
	if err != nil {
		f.Detail = fmt.Sprintf("it runs, and does not answer: %v", err)
		return []Finding{f}
	}
	f.read(ctx, conversation{bus}, p)
	return []Finding{f}
}

// read asks for the zone that phones come in by, and for what is in it.
func (f *Finding) read(ctx context.Context, c conversation, p Program) {
	z, err := c.zone(ctx, p)
	f.Zone = z.name
	f.State, f.Reason = judgeZone(z, p)
	f.Detail = fmt.Sprintf("zone %s, target %s, ports %v, services %v, rules %q", z.name, z.target, z.ports, z.services, z.rules)
	if err != nil {
		f.Detail = fmt.Sprintf("zone %s: %v", z.name, err)
	}
	if f.State == Allows {
		f.Elevate = false
		return
	}
	f.Fix = fixFirewalld(z, p)
}

// conversation is one with firewalld.
type conversation struct{ bus *systembus.Bus }

// zone reads what it may. The error says why the rest is missing.
func (c conversation) zone(ctx context.Context, p Program) (z zone, err error) {
	if err := c.permitted(ctx, actionInfo); err != nil {
		return z, err
	}
	var active map[string]map[string][]string
	if err := c.ask(ctx, firewalldZone+".getActiveZones", nil, &active); err != nil {
		return z, err
	}
	var standard string
	if err := c.ask(ctx, firewalldName+".getDefaultZone", nil, &standard); err != nil {
		return z, err
	}
	z.name = zoneOf(active, standard, p)
	if c.permitted(ctx, actionPolicies) == nil {
		_ = c.ask(ctx, firewalldName+".queryPanicMode", nil, &z.panicked) // unreadable: the zone tells enough
	}
	if err := c.permitted(ctx, actionConfig); err != nil {
		return z, err
	}
	return z, c.contents(ctx, &z)
}

// contents reads what is in a zone.
func (c conversation) contents(ctx context.Context, z *zone) error {
	for method, value := range map[string]any{"getPorts": &z.ports, "getServices": &z.services, "getRichRules": &z.rules} {
		if err := c.ask(ctx, firewalldZone+"."+method, []any{z.name}, value); err != nil {
			return err
		}
	}
	var settings map[string]dbus.Variant
	if c.ask(ctx, firewalldZone+".getZoneSettings2", []any{z.name}, &settings) == nil { // since firewalld 0.9
		_ = settings["target"].Store(&z.target)
	}
	var services []string
	_ = c.ask(ctx, firewalldName+".listServices", nil, &services) // unreadable: ours is not among them
	z.known, z.readable = slices.Contains(services, firewalldService), true
	return nil
}

func (c conversation) ask(ctx context.Context, method string, args []any, value any) error {
	return c.bus.Call(ctx, firewalldName, firewalldPath, method, args, []any{value})
}

// permitted asks polkit whether we may, in a way that never asks the person: firewalld itself would, and put up a
// question for a password because somebody looks. Without polkit firewalld answers root alone.
// https://www.freedesktop.org/software/polkit/docs/latest/eggdbus-interface-org.freedesktop.PolicyKit1.Authority.html
func (c conversation) permitted(ctx context.Context, action string) error {
	if os.Geteuid() == 0 {
		return nil
	}
	type subject struct {
		Kind    string
		Details map[string]dbus.Variant
	}
	type result struct {
		Authorized, Challenge bool
		Details               map[string]string
	}
	const authority = "org.freedesktop.PolicyKit1"
	us := subject{"system-bus-name", map[string]dbus.Variant{"name": dbus.MakeVariant(c.bus.Name())}}
	var r result
	err := c.bus.Call(ctx, authority, "/org/freedesktop/PolicyKit1/Authority", authority+".Authority.CheckAuthorization",
		[]any{us, action, map[string]string{}, uint32(0), ""}, []any{&r})
	switch {
	case err != nil:
		return err
	case !r.Authorized:
		return fmt.Errorf("%s takes rights", action)
	}
	return nil
}
