package sockets

import (
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Processes takes one snapshot of all processes when it is asked for the first of them, which is the only way that
// Windows documents.
func Processes() Lookup {
	all := sync.OnceValue(processes)
	return func(pid int) (Process, bool) {
		p, ok := all()[pid]
		return p, ok
	}
}

func processes() map[int]Process {
	all := make(map[int]Process)
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return all
	}
	defer func() { _ = windows.CloseHandle(snapshot) }()
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		all[int(entry.ProcessID)] = Process{
			Name: windows.UTF16ToString(entry.ExeFile[:]), Parent: int(entry.ParentProcessID),
		}
	}
	return all
}
