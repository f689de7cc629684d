package machine

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// statusEx is MEMORYSTATUSEX (sysinfoapi.h).
type statusEx struct {
	length                                                                                   uint32
	load                                                                                     uint32
	total, available, totalPage, availablePage, totalVirtual, availableVirtual, availableExt uint64
}

var globalMemoryStatusEx = windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")

func memory() int64 {
	var s statusEx
	s.length = uint32(unsafe.Sizeof(s))
	if ok, _, _ := globalMemoryStatusEx.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return 0
	}
	return int64(s.total)
}
