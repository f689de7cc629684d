package wishes

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// A Linux desktop tells by its portal, also to programs that are of no desktop or of another
// (https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html). The first three keys are
// the same on all, as far as a desktop has them; the others are GNOME's own, which several have copied.
const (
	portalName = "org.freedesktop.portal.Desktop"
	portalPath = "/org/freedesktop/portal/desktop"
	portalRead = "org.freedesktop.portal.Settings.Read"

	appearance = "org.freedesktop.appearance"
	gnome      = "org.gnome.desktop.interface"
	gnomeA11y  = "org.gnome.desktop.a11y.interface"
)

func ask(ctx context.Context) (w Wishes) {
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return w
	}
	defer bus.Close()
	p := portal{ctx, bus.Object(portalName, portalPath)}
	w.Contrast = p.read(appearance, "contrast") == uint32(1) || p.read(gnomeA11y, "high-contrast") == true
	w.Still = p.read(appearance, "reduced-motion") == uint32(1) || p.read(gnome, "enable-animations") == false
	w.Text, _ = p.read(gnome, "text-scaling-factor").(float64)
	return w
}

// portal is the service that has the settings. It is not started for us.
type portal struct {
	ctx    context.Context
	object dbus.BusObject
}

// read is the value of a setting, or nil.
func (p portal) read(namespace, key string) any {
	var v dbus.Variant
	if p.object.CallWithContext(p.ctx, portalRead, dbus.FlagNoAutoStart, namespace, key).Store(&v) != nil {
		return nil
	}
	value := v.Value()
	for { // Read has always put one into another
		inner, ok := value.(dbus.Variant)
		if !ok {
			return value
		}
		value = inner.Value()
	}
}
