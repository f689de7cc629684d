package wishes

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-systemparametersinfow
const (
	getHighContrast        = 0x0042
	getClientAreaAnimation = 0x1042
	highContrastOn         = 1
)

// highContrast is HIGHCONTRASTW.
type highContrast struct {
	size, flags uint32
	scheme      *uint16
}

var systemParametersInfo = windows.NewLazySystemDLL("user32.dll").NewProc("SystemParametersInfoW")

func ask(context.Context) (w Wishes) {
	h := highContrast{size: uint32(unsafe.Sizeof(highContrast{}))}
	if ok, _, _ := systemParametersInfo.Call(getHighContrast, uintptr(h.size), uintptr(unsafe.Pointer(&h)), 0); ok != 0 {
		w.Contrast = h.flags&highContrastOn != 0
	}
	var moves int32
	if ok, _, _ := systemParametersInfo.Call(getClientAreaAnimation, 0, uintptr(unsafe.Pointer(&moves)), 0); ok != 0 {
		w.Still = moves == 0
	}
	w.Text = textSize()
	return w
}

// textSize is "Text size" under Accessibility, in percent
// (https://learn.microsoft.com/en-us/uwp/api/windows.ui.viewmanagement.uisettings.textscalefactor).
func textSize() float64 {
	key, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Accessibility`, registry.QUERY_VALUE)
	if err != nil {
		return 0
	}
	defer key.Close()
	percent, _, err := key.GetIntegerValue("TextScaleFactor")
	if err != nil {
		return 0
	}
	return float64(percent) / 100
}
