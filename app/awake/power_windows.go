package awake

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getSystemPowerStatus = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetSystemPowerStatus")

// systemPowerStatus is SYSTEM_POWER_STATUS; see
// https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-system_power_status.
type systemPowerStatus struct {
	acLine, batteryFlag, percent, saver byte
	lifeTime, fullLifeTime              uint32
}

func power(context.Context) Power {
	var s systemPowerStatus
	if ok, _, _ := getSystemPowerStatus.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return Power{Percent: -1}
	}
	return s.power()
}

func (s systemPowerStatus) power() Power {
	const noBattery, unknown = 128, 255
	p := Power{Percent: -1, Battery: s.batteryFlag != unknown && s.batteryFlag&noBattery == 0}
	if p.Battery && s.percent != unknown {
		p.Percent = int(s.percent)
	}
	p.OnBattery = p.Battery && s.acLine == 0
	return p
}
