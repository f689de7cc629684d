package vicinity

import (
	"context"

	"github.com/godbus/dbus/v5"

	"modelbeam/discovery/systembus"
)

// NetworkManager's names, https://networkmanager.dev/docs/api/latest/spec.html
const (
	manager     = "org.freedesktop.NetworkManager"
	managerPath = "/org/freedesktop/NetworkManager"
)

// wifiName asks NetworkManager, which tells everybody, for the name of the Wi-Fi that an interface has joined. It is
// "" where there is no Wi-Fi, no NetworkManager, or no answer until ctx ends.
func wifiName(ctx context.Context, ifc string) string {
	if wireless, _ := medium(ifc); !wireless {
		return ""
	}
	return askManager(ctx, ifc)
}

func askManager(ctx context.Context, ifc string) string {
	bus, err := systembus.Open(ctx)
	if err != nil {
		return ""
	}
	defer bus.Close()
	var device, access dbus.ObjectPath
	if bus.Call(ctx, manager, managerPath, manager+".GetDeviceByIpIface", []any{ifc}, []any{&device}) != nil {
		return ""
	}
	if bus.Property(ctx, manager, string(device), manager+".Device.Wireless", "ActiveAccessPoint", &access) != nil {
		return ""
	}
	var name []byte
	if bus.Property(ctx, manager, string(access), manager+".AccessPoint", "Ssid", &name) != nil {
		return ""
	}
	return plainName(name)
}
