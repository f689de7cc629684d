package wishes

import (
	"math"
	"testing"

	"github.com/godbus/dbus/v5"

	"modelbeam/cmd/e2e/trayhost"
)

// settings is a portal with what a desktop keeps.
type settings map[string]any

// Read is of the portal's interface.
func (s settings) Read(namespace, key string) (dbus.Variant, *dbus.Error) {
	v, ok := s[namespace+" "+key]
	if !ok {
		return dbus.Variant{}, dbus.MakeFailedError(dbus.ErrMsgUnknownMethod)
	}
	return dbus.MakeVariant(dbus.MakeVariant(v)), nil
}

func TestWishesOfADesktop(t *testing.T) {
	for name, tt := range map[string]struct {
		kept settings
		want Wishes
	}{
		"nothing is kept":   {settings{}, Wishes{Text: 1}},
		"the usual":         {settings{"org.freedesktop.appearance contrast": uint32(0), "org.gnome.desktop.interface enable-animations": true, "org.gnome.desktop.interface text-scaling-factor": 1.0}, Wishes{Text: 1}},
		"contrast":          {settings{"org.freedesktop.appearance contrast": uint32(1)}, Wishes{Contrast: true, Text: 1}},
		"GNOME's contrast":  {settings{"org.gnome.desktop.a11y.interface high-contrast": true}, Wishes{Contrast: true, Text: 1}},
		"still":             {settings{"org.freedesktop.appearance reduced-motion": uint32(1)}, Wishes{Still: true, Text: 1}},
		"GNOME's still":     {settings{"org.gnome.desktop.interface enable-animations": false}, Wishes{Still: true, Text: 1}},
		"large letters":     {settings{"org.gnome.desktop.interface text-scaling-factor": 1.5}, Wishes{Text: 1.5}},
		"enormous letters":  {settings{"org.gnome.desktop.interface text-scaling-factor": 40.0}, Wishes{Text: 2}},
		"small letters":     {settings{"org.gnome.desktop.interface text-scaling-factor": 0.5}, Wishes{Text: 1}},
		"no number":         {settings{"org.gnome.desktop.interface text-scaling-factor": math.NaN()}, Wishes{Text: 1}},
		"what it cannot be": {settings{"org.freedesktop.appearance contrast": "yes", "org.gnome.desktop.interface enable-animations": 0.0}, Wishes{Text: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(trayhost.AddressVariable, trayhost.StartBus(t).Address)
			bus, err := dbus.ConnectSessionBus()
			if err != nil {
				t.Fatal(err)
			}
			defer bus.Close()
			if err := bus.Export(tt.kept, portalPath, "org.freedesktop.portal.Settings"); err != nil {
				t.Fatal(err)
			}
			if _, err := bus.RequestName(portalName, 0); err != nil {
				t.Fatal(err)
			}
			if got := Ask(t.Context()); got != tt.want {
				t.Errorf("it wishes %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestNoDesktop(t *testing.T) {
	t.Setenv(trayhost.AddressVariable, "unix:path=/nonexistent")
	if got, want := Ask(t.Context()), (Wishes{Text: 1}); got != want {
		t.Errorf("it wishes %+v, want %+v", got, want)
	}
}
