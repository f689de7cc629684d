package vicinity

import (
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"modelbeam/discovery/netnstest"
)

// fakeManager is as much of NetworkManager as tells a Wi-Fi's name.
type fakeManager struct{}

const fakeDevice, fakeAccess = dbus.ObjectPath(managerPath + "/Devices/3"), dbus.ObjectPath(managerPath + "/AccessPoint/9")

// GetDeviceByIpIface is called by the bus.
func (fakeManager) GetDeviceByIpIface(ifc string) (dbus.ObjectPath, *dbus.Error) {
	if ifc != "wlan0" {
		return "/", dbus.NewError(manager+".UnknownDevice", nil)
	}
	return fakeDevice, nil
}

func TestAskManager(t *testing.T) {
	netnstest.Require(t, "dbus-daemon")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", netnstest.StartBus(t, netnstest.New(t)))
	if got := askManager(t.Context(), "wlan0"); got != "" {
		t.Errorf("without a manager: %q", got)
	}
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.Export(fakeManager{}, managerPath, manager); err != nil {
		t.Fatal(err)
	}
	for path, properties := range map[dbus.ObjectPath]prop.Map{
		fakeDevice: {manager + ".Device.Wireless": {"ActiveAccessPoint": {Value: fakeAccess}}},
		fakeAccess: {manager + ".AccessPoint": {"Ssid": {Value: []byte("Anna's Wi-Fi\x00")}}},
	} {
		if _, err := prop.Export(conn, path, properties); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.RequestName(manager, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	for ifc, want := range map[string]string{"wlan0": "Anna's Wi-Fi", "eth0": ""} {
		if got := askManager(t.Context(), ifc); got != want {
			t.Errorf("%s has joined %q, want %q", ifc, got, want)
		}
	}
}
