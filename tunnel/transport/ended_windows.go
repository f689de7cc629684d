package transport

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// wsaPoll asks for the state of a socket without a word to it. A socket of Windows' that is in use for
// overlapped reads, as Go's are, cannot be peeked at without waiting.
// (https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsapoll)
var wsaPoll = windows.NewLazySystemDLL("ws2_32.dll").NewProc("WSAPoll")

// pollFD is WSAPOLLFD.
type pollFD struct {
	fd      uintptr
	events  int16
	revents int16
}

// pollIn is POLLRDNORM: something can be read, or the other end has closed. Errors are told unasked.
const pollIn = 0x0100

// looker looks at idle connections.
type looker struct{}

// ended reports whether the other end has closed an idle connection, or only its direction of it, or has
// said something unasked, which is that it will. It takes nothing away from who reads, and does not wait.
func (*looker) ended(raw syscall.RawConn) bool {
	over := false
	err := raw.Control(func(fd uintptr) {
		p := pollFD{fd: fd, events: pollIn}
		n, _, _ := wsaPoll.Call(uintptr(unsafe.Pointer(&p)), 1, 0)
		over = int32(n) != 0 // an error too
	})
	return err != nil || over
}
